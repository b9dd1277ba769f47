/* The cost of connecting and closing, and the memory that remains afterwards. */
import { microsecondsEach, trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const SUBJECTS = ['signalbox-uws', 'signalbox-node', 'peer', 'bare'];
const FULL = { warmUpMs: 1_500, slices: 5, sliceMs: 500 };
const QUICK = { warmUpMs: 300, slices: 2, sliceMs: 250 };

export const churn = {
  name: 'churn',
  title: 'connect, receive OPEN, send a close frame, wait for the end',
  subjects: SUBJECTS,
  drivesServers: true,
  rounds: { full: 5, quick: 1 },
  figures: [
    figure({ name: 'cpu', title: 'server CPU per connect and close', unit: 'µs', digits: 1, goals: { bare: 1.15 } }),
  ],
  once: ({ subject, isQuick }) =>
    trial(subject, async ({ server: { port, pid }, generator }) => {
      const span = isQuick ? QUICK : FULL;
      const { value, slices, busy } = microsecondsEach(await generator.play('churn', { port, pid, ...span }));
      return { values: { cpu: value }, slices: { cpu: slices }, busy };
    }),
};

const CYCLES = { full: { warmUp: 20_000, most: 150_000, rest: 50_000 }, quick: { warmUp: 1_000, most: 1_500, rest: 500 } };
const DEADLINE_MS = 180_000;
const KB = 1024;

export const drift = {
  name: 'drift',
  title: `memory after 200,000 cycles of connect and close (--quick: 2,000), each with a new id`,
  subjects: SUBJECTS,
  drivesServers: true,
  rounds: { full: 1, quick: 1 },
  figures: [
    figure({ name: 'drift', title: 'memory gained since the warm-up', unit: 'MB', digits: 2, references: [] }),
    figure({ name: 'late', title: 'memory gained in the last quarter', unit: 'MB', digits: 2, references: [] }),
    figure({ name: 'rss', title: 'memory at the end', unit: 'MB', digits: 1 }),
  ],
  once: ({ subject, isQuick }) =>
    trial(
      subject,
      async ({ server, generator }) => {
        const { warmUp, most, rest } = isQuick ? CYCLES.quick : CYCLES.full;
        const rssAfter = async (cycles) => {
          await generator.play('cycle', { port: server.port, cycles }, DEADLINE_MS);
          return (await server.collect()) / KB;
        };
        const first = await rssAfter(warmUp);
        const second = await rssAfter(most);
        const rss = await rssAfter(rest);
        return { values: { drift: rss - first, late: rss - second, rss }, busy: { generator: generator.cores } };
      },
      { isCollectable: true },
    ),
};
