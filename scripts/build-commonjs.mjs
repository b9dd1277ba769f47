/*
 * The CommonJS form of the package, for test runners and compilers that load no ES modules by `require`: one bundle, so that its
 * entry points share their state, and the types of each entry point.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { buildSync } from 'esbuild';

const TARGET = 'dist/commonjs';
const BUNDLE = 'signalbox.cjs';

/** Packages without a CommonJS form, which the bundle contains. */
const BUNDLED = new Set(['inversify']);

const { dependencies, peerDependencies, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entryPoints = Object.entries(exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [{ path, module: target.import.default, file: target.require.default }],
);

function bundle() {
  const loaders = entryPoints.map(({ path, module }) => `exports[${JSON.stringify(path)}] = () => require('${module}');`);
  buildSync({
    stdin: { contents: loaders.join('\n'), resolveDir: '.' },
    outfile: join(TARGET, BUNDLE),
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning', keepNames: true },
    external: Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !BUNDLED.has(name)),
    // The bundle is as deep in the package as the modules that look for its other files.
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    // A test runner may not allow `import()`.
    supported: { 'dynamic-import': false },
  });
}

/** Writes what `require` loads for an entry point. */
function writeEntryPoint({ path, file }) {
  const place = posix.relative(posix.dirname(file), `./${TARGET}/${BUNDLE}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `module.exports = require('${place.startsWith('.') ? place : `./${place}`}')['${path}']();\n`);
}

const copied = new Set();

/** Copies the types of a module and of its imports, as those of CommonJS modules. @param {string} module below `dist/`. */
function copyTypes(module) {
  if (copied.has(module)) return;
  copied.add(module);
  const text = readFileSync(`dist/${module}.d.ts`, 'utf8');
  const file = join(TARGET, `${module}.d.cts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.replaceAll(IMPORT, "$1'$2.cjs'"));
  for (const [, , imported] of text.matchAll(IMPORT)) copyTypes(posix.join(posix.dirname(module), imported));
}

const IMPORT = /(\bfrom |\bimport\(|\bimport )['"](\.{1,2}\/[^'"]+)\.[jt]s['"]/g;

rmSync(TARGET, { recursive: true, force: true });
bundle();
for (const entryPoint of entryPoints) {
  writeEntryPoint(entryPoint);
  copyTypes(posix.relative('./dist', entryPoint.module).replace(/\.js$/, ''));
}
