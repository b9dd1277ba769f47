import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Files from which the modules of the program are found, the nearest first: its main script, a file in the current folder, and
 * this package.
 */
export function applicationFiles(): string[] {
  const [, script] = process.argv;
  const main = script === undefined ? [] : [pathToFileURL(script).href];
  return [...main, pathToFileURL(join(process.cwd(), 'index.js')).href, import.meta.url];
}

/** The folders in which a module of the program may be installed, each once. */
export function moduleFolders(name: string): string[] {
  const folders = applicationFiles().flatMap((file) => createRequire(file).resolve.paths(name) ?? []);
  return [...new Set(folders)].map((folder) => join(folder, name));
}
