/*
 * Writes dist/signalbox.js and dist/cli: the command line in a few files, because Node loads hundreds of modules more slowly. The
 * modules of `@signalbox/broker/ports` stay outside, because plugins import them too and must get the same classes.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';

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

const FORM = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' };

/** The files that an entry point of the package consists of. */
async function modulesOf(entry) {
  const { metafile } = await build({ ...FORM, entryPoints: [entry], packages: 'external', write: false, metafile: true });
  return new Set(Object.keys(metafile.inputs).map((file) => resolve(file)));
}

/** From a file of the target, which is two folders deep as are those of `dist`. */
const fromTarget = (file) => relative(resolve(TARGET, 'composition'), file).replaceAll(sep, '/');

/** @param {ReadonlySet<string>} outside */
const modules = (outside) => ({
  name: 'modules',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      return kind !== 'entry-point' && outside.has(file) ? { path: fromTarget(file), external: true } : undefined;
    });
    // Files beside a module are still found from it.
    bundler.onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(MODULES) || LOADERS.has(path)) return undefined;
      const url = `new URL(${JSON.stringify(fromTarget(path))}, import.meta.url).href`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url) };
    });
  },
});

const { dependencies, peerDependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync(TARGET, { recursive: true, force: true });
await build({
  ...{ ...FORM, entryPoints: ENTRY_POINTS, outdir: TARGET, splitting: true, chunkNames: 'composition/[name]-[hash]' },
  external: Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }).filter((name) => !BUNDLED.has(name)),
  plugins: [modules(await modulesOf('dist/exports/ports.js'))],
});
writeFileSync(COMMAND, "#!/usr/bin/env node\nimport './cli/composition/cli.js';\n");
chmodSync(COMMAND, 0o755);
