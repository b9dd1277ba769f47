import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folder that holds package.json. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** One file as a check sees it: its path from the root, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'coverage']);
const LEFT_BY_TOOLS = /\.(log|tgz|tsbuildinfo)$|(^|\/)\.DS_Store$/;

/** The paths of all files of ours below `folder`, in order; none where there is no such folder. */
export function pathsUnder(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? pathsUnder(path) : [path.split(sep).join('/')];
    })
    .filter((path) => !LEFT_BY_TOOLS.test(path))
    .sort();
}

/** The files of ours below `folder` whose path matches. */
export function filesUnder(folder: string, matching: RegExp): SourceFile[] {
  return pathsUnder(folder)
    .filter((path) => matching.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** A path as an import in `folder` writes it. */
export function pathFrom(folder: string, path: string): string {
  return relative(folder, path)
    .split(sep)
    .join('/')
    .replace(/^(?!\.)/, './');
}
