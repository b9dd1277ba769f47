import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as uWS from 'uWebSockets.js';
import { moduleFolders } from '../shared/application-modules.ts';

/** The types of the library omit one constant. */
export type Library = typeof uWS & { readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number };

/** A library that has loaded. */
export interface LoadedLibrary {
  readonly library: Library;
  readonly version: string;
  readonly folder: string;
}

/** The library, or the reason why none could load. */
export type LibrarySearch = LoadedLibrary | { readonly fault: string; readonly isInstalled: boolean };

const NAME = 'uWebSockets.js';

/** The parts of a `package.json` that name the file to load. */
interface Manifest {
  readonly version?: string;
  readonly exports?: { readonly import?: string };
  readonly module?: string;
  readonly main?: string;
}

/**
 * Loads uWebSockets.js: the one of the program first, then the one beside this package. A library that can't load, because it has
 * no build for this Node, is skipped.
 * @param wanted the name of a module, or the path of a folder, relative to the current folder. Only this one is tried then.
 */
export async function findLibrary(wanted?: string): Promise<LibrarySearch> {
  const folders = (wanted === undefined ? moduleFolders(NAME) : foldersOf(wanted)).filter(isPackage);
  const faults: string[] = [];
  for (const folder of folders) {
    const found = await load(folder);
    if (typeof found !== 'string') return found;
    faults.push(`${folder}: ${found}`);
  }
  const missing = wanted === undefined ? `${NAME} is not installed` : `${wanted} is neither an installed module nor its folder`;
  return { fault: faults[0] ?? missing, isInstalled: faults.length > 0 };
}

function foldersOf(wanted: string): string[] {
  return isAbsolute(wanted) || wanted.startsWith('.') ? [resolve(wanted)] : [...moduleFolders(wanted), resolve(wanted)];
}

function isPackage(folder: string): boolean {
  return existsSync(join(folder, 'package.json')) && statSync(folder).isDirectory();
}

/** @returns the reason, in one line, why the module can't load. */
async function load(folder: string): Promise<LoadedLibrary | string> {
  try {
    const {
      version = 'unknown',
      exports,
      module,
      main,
    } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const file = join(folder, exports?.import ?? module ?? main ?? 'index.js');
    const loaded = (await import(pathToFileURL(file).href)) as Partial<Library> & { readonly default?: Partial<Library> };
    // A CommonJS module may have only a default export.
    const library = loaded.App === undefined ? loaded.default : loaded;
    if (library?.App === undefined) return 'the module does not export App';
    return { library: library as Library, version, folder };
  } catch (cause) {
    const [detail = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    return detail;
  }
}
