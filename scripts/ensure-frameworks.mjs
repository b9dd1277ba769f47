/* Installs the frameworks of the recipes into a folder for all checkouts, because they are larger than the rest of the tests. */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';

const NEST = ['common', 'core', 'platform-express', 'platform-ws', 'websockets'].map((name) => `@nestjs/${name}@11.2`);
const PACKAGES = [...NEST, 'rxjs@7.8', 'reflect-metadata@0.2', 'hono@4.13', '@hono/node-server@2.1'];

/** Its `node_modules` has the frameworks. */
const FOLDER = join(homedir(), '.cache', 'signalbox', 'frameworks-1');

async function ensure() {
  if (existsSync(join(FOLDER, 'node_modules/@nestjs/core')) && existsSync(join(FOLDER, 'node_modules/hono'))) return true;
  console.log(`installing ${PACKAGES.join(' ')} into ${FOLDER}`);
  mkdirSync(FOLDER, { recursive: true });
  return run('npm', ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (await ensure()) console.log(FOLDER);
  else process.exitCode = 1;
}
