/*
 * Preloaded into a server whose event loop is watched. On a message it reports the longest turn of the event loop since the
 * message before, in CPU time of the main thread, so that other processes do not affect it.
 */
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const INTERVAL_MS = 1;
const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`;

const cpuMs = () => Number(readFileSync(SCHEDSTAT, 'latin1').split(' ', 1)[0]) / 1e6;
let last = cpuMs();
let longest = 0;

setInterval(() => {
  const now = cpuMs();
  longest = Math.max(longest, now - last);
  last = now;
}, INTERVAL_MS).unref();

process.on('message', () => {
  process.send({ turnMs: longest });
  longest = 0;
});
process.channel.unref();
