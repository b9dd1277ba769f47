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

/** One other character in a file makes V8 decode, keep and parse all of it with two bytes for each character. */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = inAscii(file.code, file.fileName);
  },
};

function inAscii(code, fileName) {
  const [escaped] = /\\[^\0-\x7f]/.exec(code) ?? [];
  if (escaped !== undefined) throw new Error(`${fileName} has ${escaped}: a backslash would change the meaning of \\u`);
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** @param options those of rolldown. @returns the output of rolldown. */
export function joinModules({ plugins = [], ...options }) {
  return build({ platform: 'node', checks: { eval: false }, plugins: [...plugins, asciiOnly], ...options });
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
