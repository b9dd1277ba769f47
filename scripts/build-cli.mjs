/*
 * Writes dist/signalbox.js and dist/cli: the command line in a few files. The modules of `@signalbox/broker/ports` stay outside,
 * because plugins import them too and must get the same classes.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isOutside, joinModules, pathFrom, withOwnUrl } from './join-modules.mjs';

const TARGET = 'dist/cli';
/** The folder of each file of the target is two folders deep, as are those of the modules that are loaded by their URL. */
const FOLDER = join(TARGET, 'composition');
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

/** The files that an entry point of the package consists of. */
async function modulesOf(entry) {
  const { output } = await joinModules({ input: entry, external: (id) => !/^[./]/.test(id), write: false });
  return new Set(output.flatMap(({ moduleIds = [] }) => moduleIds));
}

/** @param {ReadonlySet<string>} outside */
const modules = (outside) => ({
  name: 'modules',
  resolveId(path, importer) {
    if (importer === undefined || !/^\.{1,2}\//.test(path)) return undefined;
    const file = resolve(importer, '..', path);
    return outside.has(file) ? { id: pathFrom(FOLDER, file), external: true } : undefined;
  },
  transform: (code, path) => (LOADERS.has(path) ? undefined : withOwnUrl(code, path, FOLDER)),
});

/** Loaded by `require`, because an `import` first searches each file for its exports, which takes longer than loading it. */
const isCommonJs = (id) => commonJsPackages.some((name) => id === name || id.startsWith(`${name}/`));

const { dependencies, devDependencies } = readPackage('.');
const commonJsPackages = Object.keys({ ...dependencies, ...devDependencies }).filter(
  (name) => readPackage(`node_modules/${name}`).type !== 'module',
);

function readPackage(folder) {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
}

const REQUIRED = '\0packages/';
const outside = {
  name: 'outside',
  resolveId(id, _, { kind }) {
    if (kind === 'import-statement' && isCommonJs(id)) return REQUIRED + id;
    return isOutside(id) ? { id, external: true } : undefined;
  },
  load: (id) => (id.startsWith(REQUIRED) ? `module.exports = require('${id.slice(REQUIRED.length)}');` : undefined),
};

rmSync(TARGET, { recursive: true, force: true });
await joinModules({
  input: ENTRY_POINTS,
  plugins: [outside, modules(await modulesOf('dist/exports/ports.js'))],
  output: {
    ...{ dir: TARGET, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'composition/[name]-[hash].js' },
    codeSplitting: { groups: [{ name: 'packages', test: /^\0/ }] },
  },
});
writeFileSync(COMMAND, "#!/usr/bin/env node\nimport './cli/composition/cli.js';\n");
chmodSync(COMMAND, 0o755);
