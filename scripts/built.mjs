/*
 * Tells whether dist/ is the build of the present sources: exit code 0. With --record, after a build, it notes the sources.
 * `npm start` builds only if this fails, because a build takes many times longer than a start.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = 'dist/.built';
const SOURCES = [
  'src',
  'conformance',
  'doctor',
  'pages',
  'scripts/build-pages.mjs',
  'scripts/build-commonjs.mjs',
  'scripts/build-cli.mjs',
  'scripts/join-modules.mjs',
  'package-lock.json',
];
const COMPILER = 'node_modules/typescript-native';

/** @param {string} path @returns {string[]} the files below it, or the file itself. */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Changes when a source is written, added or removed. */
function stateOfSources() {
  const settings = readdirSync('.').filter((name) => /^tsconfig.*\.json$/.test(name));
  const files = [...SOURCES.flatMap(filesOf), ...settings].sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function isBuilt() {
  if (!existsSync(COMPILER) || !existsSync('tsconfig.build.json')) {
    console.log('signalbox: nothing to build with here, so dist/ stays as it is');
    return true;
  }
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stateOfSources();
}

if (process.argv.includes('--record')) writeFileSync(STAMP, stateOfSources());
else process.exitCode = isBuilt() ? 0 : 1;
