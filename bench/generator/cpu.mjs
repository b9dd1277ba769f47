/* Processor time of a process, all its threads together, in nanoseconds: the scheduler's own account. */
import { readdirSync, readFileSync } from 'node:fs';

/** @param {number | 'self'} pid */
export function cpuNanoseconds(pid) {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) sum += ofThread(pid, thread);
  return sum;
}

/** Runs a few ticks behind, at most, while the thread runs. */
function ofThread(pid, thread) {
  const [ran = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
  return Number(ran);
}
