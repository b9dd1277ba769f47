import { readdirSync, readFileSync } from 'node:fs';

/** Files that are opened after the start: logs, certificates, connections of an engine. */
const RESERVED_FILES = 16;

/** How many files this process may open; undefined where the system does not say, or sets no limit. */
export function openFileLimit(limits: () => string = () => readFileSync('/proc/self/limits', 'utf8')): number | undefined {
  const soft = attempt(() => /^Max open files\s+(\d+)/m.exec(limits())?.[1]);
  return soft === undefined ? undefined : Number(soft);
}

/** How many connections fit beside the files that are open now; undefined where the system does not say. */
export function connectionsWithin(openFiles: number | undefined): number | undefined {
  const used = attempt(() => readdirSync('/proc/self/fd').length);
  if (openFiles === undefined || used === undefined) return undefined;
  return Math.max(1, openFiles - used - RESERVED_FILES);
}

/** Undefined where the system has no such files. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
