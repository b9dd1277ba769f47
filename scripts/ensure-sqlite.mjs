/*
 * Finds SQLite for the tests: that of Node (22.13 and later), else the package better-sqlite3 in a folder for all checkouts,
 * where npm compiles it once if there is no prebuilt one.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';

const PACKAGE = 'better-sqlite3@12.6.2';
const FOLDER = join(homedir(), '.cache', 'signalbox', `${PACKAGE}-abi${process.versions.modules}`);

/** The value of NODE_PATH with which `better-sqlite3` is found; undefined if Node has SQLite itself. */
export const SQLITE_NODE_PATH = process.getBuiltinModule?.('node:sqlite') ? undefined : join(FOLDER, 'node_modules');

async function ensure() {
  if (SQLITE_NODE_PATH === undefined || existsSync(join(SQLITE_NODE_PATH, 'better-sqlite3/build/Release'))) return true;
  console.log(`installing ${PACKAGE} into ${FOLDER}`);
  mkdirSync(FOLDER, { recursive: true });
  return run('npm', ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', PACKAGE]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (await ensure()) console.log(SQLITE_NODE_PATH ?? `the SQLite of Node ${process.versions.node}`);
  else process.exitCode = 1;
}
