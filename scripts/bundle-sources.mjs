/* Copies dist/ and replaces the statements that read or load other files at run time, so that one file contains all. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAGE = 'build/sources';
const PAGES = ['status', 'playground', 'doctor'];
/** Parts of the build that are made of its modules. */
const BUILT = /^dist[\\/](cli|commonjs)$|\.d\.ts$/;
const SUITES = ['conformance/conform.js', 'conformance/conform-report.js', 'doctor/doctor.js'];

/** @param {string} version @returns {string} the entry point */
export function stageBundleSources(version) {
  rmSync(STAGE, { recursive: true, force: true });
  mkdirSync(STAGE, { recursive: true });
  cpSync('dist', STAGE, { recursive: true, filter: (path) => !BUILT.test(path) });
  const pages = Object.fromEntries(PAGES.map((name) => [name, readFileSync(`dist/pages/${name}.html`, 'utf8')]));
  const suites = SUITES.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(`../${file}`)})`);
  write('composition/version.js', `export const VERSION = ${JSON.stringify(version)};\n`);
  write('conformance/version.js', `export const VERSION = ${JSON.stringify(version)};\n`);
  replace('composition/built-pages.js', /readIfPresent\(new URL\([^;]*\)\);/, `(${JSON.stringify(pages)})[name];`);
  replace('composition/commands.js', /const suite = [^;]*;/, `const suite = await ({ ${suites.join(', ')} })[command.file]();`);
  replace('composition/configuration/config-formats.js', /const load = createRequire\(import\.meta\.url\);/, '');
  replaceAll('composition/configuration/config-formats.js', /\bload\(/g, 'require(');
  return join(STAGE, 'composition/cli.js');
}

function write(path, text) {
  writeFileSync(join(STAGE, path), text);
}

/** @throws Error if the statement has changed, because the bundle would fail only at run time. */
function replace(path, pattern, by) {
  const text = readFileSync(join(STAGE, path), 'utf8');
  if (!pattern.test(text)) throw new Error(`${path} has no ${pattern}: adapt scripts/bundle-sources.mjs`);
  write(
    path,
    text.replace(pattern, () => by),
  );
}

function replaceAll(path, pattern, by) {
  write(path, readFileSync(join(STAGE, path), 'utf8').replaceAll(pattern, by));
}
