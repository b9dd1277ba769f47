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

/** At most a few ticks late while the thread runs. 0 if the thread has ended since it was listed, as idle ones of Node do. */
function ofThread(pid, thread) {
  const path = `/proc/${pid}/task/${thread}/schedstat`;
  try {
    const [ran = ''] = readFileSync(path, 'latin1').split(' ');
    return Number(ran);
  } catch (error) {
    if (existsSync(path)) throw error;
    return 0;
  }
}
