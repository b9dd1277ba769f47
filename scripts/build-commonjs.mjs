/*
 * The CommonJS form of the package, for test runners and compilers that load no ES modules by `require`: a few files, which
 * share their state, and the types of each entry point.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { isOutside, joinModules, withOwnUrl } from './join-modules.mjs';

const TARGET = 'dist/commonjs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entryPoints = Object.values(exports).flatMap((target) =>
  typeof target === 'string' ? [] : [{ module: target.import.default, file: target.require.default }],
);

/** An import of a computed URL, such as that of uWebSockets.js: may be an ES module, which `require` can't load. */
const COMPUTED_IMPORT = 'import(__rewriteRelativeImportExtension(';
const NATIVE_IMPORT = `new Function('url', 'return import(url)')(__rewriteRelativeImportExtension(`;

const modules = {
  name: 'modules',
  transform: (code, path) => withOwnUrl(code, path, TARGET)?.replaceAll(COMPUTED_IMPORT, NATIVE_IMPORT),
};

async function bundle() {
  await joinModules({
    input: Object.fromEntries(entryPoints.map(({ module }) => [basename(module, '.js'), module])),
    external: isOutside,
    plugins: [modules],
    output: {
      dir: TARGET,
      ...{ format: 'cjs', exports: 'named', esModule: true, entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      // A test runner may not allow `import()`.
      dynamicImportInCjs: false,
    },
  });
}

/** Writes what `require` loads for an entry point. */
function writeEntryPoint({ module, file }) {
  const place = posix.relative(posix.dirname(file), `./${TARGET}/${basename(module, '.js')}.cjs`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `module.exports = require('${place}');\n`);
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
await bundle();
for (const entryPoint of entryPoints) {
  writeEntryPoint(entryPoint);
  copyTypes(posix.relative('./dist', entryPoint.module).replace(/\.js$/, ''));
}
