/*
 * The CommonJS form of the package, for test runners and compilers that load no ES modules by `require`: a few files, which
 * share their state, and the types of each entry point. Rolldown keeps top-level constants: esbuild makes variables of them,
 * which V8 can't inline.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';

const TARGET = 'dist/commonjs';
const MODULES = `${resolve('dist')}${sep}`;

/** Packages without a CommonJS form, which the build contains. */
const BUNDLED = new Set(['inversify']);

const { dependencies, peerDependencies, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entryPoints = Object.values(exports).flatMap((target) =>
  typeof target === 'string' ? [] : [{ module: target.import.default, file: target.require.default }],
);
const packages = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !BUNDLED.has(name));
const isOutside = (id) => packages.some((name) => id === name || id.startsWith(`${name}/`));

/** An import of a computed URL, such as that of uWebSockets.js: may be an ES module, which `require` can't load. */
const COMPUTED_IMPORT = 'import(__rewriteRelativeImportExtension(';
const NATIVE_IMPORT = `new Function('url', 'return import(url)')(__rewriteRelativeImportExtension(`;

/** Files beside a module are still found from it: the URL of a module is that of its file in `dist`. */
const modules = {
  name: 'modules',
  transform(code, path) {
    if (!path.startsWith(MODULES)) return undefined;
    const place = relative(resolve(TARGET), path).replaceAll(sep, '/');
    return code
      .replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`)
      .replaceAll(COMPUTED_IMPORT, NATIVE_IMPORT);
  },
};

async function bundle() {
  const input = Object.fromEntries(entryPoints.map(({ module }) => [basename(module, '.js'), module]));
  const joined = await rolldown({ input, platform: 'node', external: isOutside, plugins: [modules], checks: { eval: false } });
  await joined.write({
    dir: TARGET,
    ...{ format: 'cjs', exports: 'named', esModule: true, entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
    // A test runner may not allow `import()`.
    dynamicImportInCjs: false,
  });
  await joined.close();
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
