import { readdirSync, readFileSync } from 'node:fs';

/** Files that are opened after startup: logs, certificates, connections of an engine. */
const RESERVED_FILES = 16;

/** The open-file limit of this process. Undefined if the system reports none, or sets no limit. */
export function openFileLimit(limits: () => string = () => readFileSync('/proc/self/limits', 'utf8')): number | undefined {
  const soft = attempt(() => /^Max open files\s+(\d+)/m.exec(limits())?.[1]);
  return soft === undefined ? undefined : Number(soft);
}

/** Connections that fit beside the files that are open now. Undefined if the system does not report them. */
export function connectionsWithin(openFiles: number | undefined): number | undefined {
  const used = attempt(() => readdirSync('/proc/self/fd').length);
  if (openFiles === undefined || used === undefined) return undefined;
  return Math.max(1, openFiles - used - RESERVED_FILES);
}

/** Undefined if the system has no such file. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
