import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folder that holds package.json. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** One file: its path relative to the root, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const EXCLUDED = new Set(['.git', 'node_modules', 'dist', 'build', 'coverage', '__pycache__']);
const GENERATED = /\.(log|tgz|tsbuildinfo)$|(^|\/)\.DS_Store$/;

/** The paths of all files of the project in `folder`, sorted; empty if the folder does not exist. */
export function pathsUnder(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !EXCLUDED.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? pathsUnder(path) : [path.split(sep).join('/')];
    })
    .filter((path) => !GENERATED.test(path))
    .sort();
}

/** The files of the project in `folder` whose path matches. */
export function filesUnder(folder: string, matching: RegExp): SourceFile[] {
  return pathsUnder(folder)
    .filter((path) => matching.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** The path of an import in `folder`. */
export function pathFrom(folder: string, path: string): string {
  return relative(folder, path)
    .split(sep)
    .join('/')
    .replace(/^(?!\.)/, './');
}
