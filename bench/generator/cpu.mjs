/* CPU time of a process, the sum of its threads, in nanoseconds, as counted by the scheduler. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Other systems than Linux report only the CPU time of the own process. */
const HAS_SCHEDULER = existsSync('/proc/self/task');

/** @param {number | 'self'} pid */
export function cpuNanoseconds(pid) {
  if (!HAS_SCHEDULER && pid === 'self') return 1000 * (process.cpuUsage().user + process.cpuUsage().system);
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) sum += ofThread(pid, thread);
  return sum;
}

/** At most a few ticks late while the thread runs. */
function ofThread(pid, thread) {
  const [ran = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
  return Number(ran);
}
