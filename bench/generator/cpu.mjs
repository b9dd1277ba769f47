/* CPU time of a process, the sum of its threads, in nanoseconds, as counted by the scheduler. */
import { readdirSync, readFileSync } from 'node:fs';

/** @param {number | 'self'} pid */
export function cpuNanoseconds(pid) {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) sum += ofThread(pid, thread);
  return sum;
}

/** At most a few ticks late while the thread runs. */
function ofThread(pid, thread) {
  const [ran = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
  return Number(ran);
}
