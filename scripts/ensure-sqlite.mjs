/*
 * Finds SQLite for the tests: that of Node (22.13 and later), else libsql under the name better-sqlite3, in a folder for all
 * checkouts. It has the interface of better-sqlite3, and its binaries come from the npm registry, so that no compiler is needed.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';

const PACKAGE = 'libsql@0.5.29';
const FOLDER = join(homedir(), '.cache', 'signalbox', PACKAGE);

/** The value of NODE_PATH with which `better-sqlite3` is found; undefined if Node has SQLite itself. */
export const SQLITE_NODE_PATH = process.getBuiltinModule?.('node:sqlite') ? undefined : join(FOLDER, 'node_modules');

async function ensure() {
  if (SQLITE_NODE_PATH === undefined || existsSync(join(SQLITE_NODE_PATH, 'better-sqlite3/index.js'))) return true;
  console.log(`installing ${PACKAGE} into ${FOLDER}`);
  mkdirSync(FOLDER, { recursive: true });
  return run('npm', ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', `better-sqlite3@npm:${PACKAGE}`]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (await ensure()) console.log(SQLITE_NODE_PATH ?? `the SQLite of Node ${process.versions.node}`);
  else process.exitCode = 1;
}
