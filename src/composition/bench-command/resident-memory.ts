import { readFileSync } from 'node:fs';

const KIB = 1024;

/** The memory of a process in RAM, with garbage that is not collected yet. @throws Error if there is no such process. */
export function residentBytes(pid: number, read: (path: string) => string = (path) => readFileSync(path, 'latin1')): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  if (kibibytes === undefined) throw new Error(`the process ${pid} has no memory: it has ended`);
  return KIB * Number(kibibytes);
}
