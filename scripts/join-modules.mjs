/*
 * Joins modules into few files, because Node loads hundreds of modules more slowly. Rolldown keeps top-level constants: esbuild
 * makes variables of them, which V8 can't inline.
 */
import { readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { build } from 'rolldown';

const MODULES = `${resolve('dist')}${sep}`;
/** Packages of very many modules, without a CommonJS form. All others stay outside, so `npm update` replaces them. */
const BUNDLED = new Set(['inversify']);

/** @param options those of rolldown. @returns the output of rolldown. */
export function joinModules(options) {
  return build({ platform: 'node', checks: { eval: false }, ...options });
}

/** Whether an import is of a package that stays outside. @returns {boolean} */
export function isOutside(id) {
  return packages.some((name) => !BUNDLED.has(name) && (id === name || id.startsWith(`${name}/`)));
}

const { dependencies, peerDependencies, devDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const packages = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies });

/** @param {string} folder that of a joined file. @param {string} file @returns {string} the path from there, for a URL. */
export function pathFrom(folder, file) {
  return relative(resolve(folder), file).replaceAll(sep, '/');
}

/**
 * Replaces `import.meta.url` by the URL of the module in `dist`, where the files beside it are.
 *
 * @param {string} folder that of the joined files. @returns {string | undefined} undefined if the module is not of `dist`.
 */
export function withOwnUrl(code, path, folder) {
  if (!path.startsWith(MODULES)) return undefined;
  return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(pathFrom(folder, path))}, import.meta.url).href`);
}
