/* The executed instructions of a process that runs under valgrind's callgrind, which counts them exactly, on any machine. */
import { execFileSync } from 'node:child_process';

/** Starts to count. The process runs several times slower from then on. */
export function startCounting(pid) {
  control('-i', 'on', pid);
}

/** The sum of all threads since `startCounting`. */
export function instructionsOf(pid) {
  const totals = [...control('-e', pid).matchAll(/^ *Th \d+ +([\d,]+) *$/gm)];
  if (totals.length === 0) throw new Error(`callgrind_control reports no instructions of process ${pid}`);
  return totals.reduce((sum, [, total]) => sum + Number(total.replaceAll(',', '')), 0);
}

function control(...args) {
  return execFileSync('callgrind_control', args.map(String), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
