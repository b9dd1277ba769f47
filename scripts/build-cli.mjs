/*
 * Writes dist/signalbox.js and dist/cli: the command line in a few files, because Node loads hundreds of modules more slowly. The
 * modules of `@signalbox/broker/ports` stay outside, because plugins import them too and must get the same classes. Rolldown
 * keeps top-level constants: esbuild makes variables of them, which V8 can't inline.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';

const MODULES = `${resolve('dist')}${sep}`;
const TARGET = 'dist/cli';
const COMMAND = 'dist/signalbox.js';
/** Processes and commands that are loaded by the URL of a module. The folders are those of `dist`. */
const ENTRY_POINTS = {
  'composition/cli': 'dist/composition/cli.js',
  'composition/worker': 'dist/composition/workers/worker.js',
  'conformance/conform': 'dist/conformance/conform.js',
  'conformance/conform-report': 'dist/conformance/conform-report.js',
  'doctor/doctor': 'dist/doctor/doctor.js',
};
/** The modules that load entry points. They are in the folder `composition` of the target too. */
const LOADERS = new Set(['dist/composition/commands.js', 'dist/composition/workers/primary.js'].map((file) => resolve(file)));
/** Packages of very many modules. All others stay outside, so `npm update` replaces them. */
const BUNDLED = new Set(['inversify']);

const { dependencies, peerDependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const packages = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies });
const isOutside = (id) => packages.some((name) => !BUNDLED.has(name) && (id === name || id.startsWith(`${name}/`)));

const bundleOf = (input, more) => rolldown({ input, platform: 'node', checks: { eval: false }, ...more });

/** The files that an entry point of the package consists of. */
async function modulesOf(entry) {
  const bundle = await bundleOf(entry, { external: (id) => !/^[./]/.test(id) });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return new Set(output.flatMap(({ moduleIds = [] }) => moduleIds));
}

/** From a file of the target, which is two folders deep as are those of `dist`. */
const fromTarget = (file) => relative(resolve(TARGET, 'composition'), file).replaceAll(sep, '/');

/** @param {ReadonlySet<string>} outside */
const modules = (outside) => ({
  name: 'modules',
  resolveId(path, importer) {
    if (importer === undefined || !/^\.{1,2}\//.test(path)) return undefined;
    const file = resolve(importer, '..', path);
    return outside.has(file) ? { id: fromTarget(file), external: true } : undefined;
  },
  // Files beside a module are still found from it.
  transform(code, path) {
    if (!path.startsWith(MODULES) || LOADERS.has(path)) return undefined;
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(fromTarget(path))}, import.meta.url).href`);
  },
});

rmSync(TARGET, { recursive: true, force: true });
const bundle = await bundleOf(ENTRY_POINTS, {
  external: isOutside,
  plugins: [modules(await modulesOf('dist/exports/ports.js'))],
});
await bundle.write({ dir: TARGET, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'composition/[name]-[hash].js' });
await bundle.close();
writeFileSync(COMMAND, "#!/usr/bin/env node\nimport './cli/composition/cli.js';\n");
chmodSync(COMMAND, 0o755);
