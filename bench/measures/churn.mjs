/* What it costs a server that peers come and go, and what they leave behind. */
import { microsecondsEach, trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const SUBJECTS = ['signalbox-uws', 'signalbox-node', 'peer', 'bare'];
const FULL = { warmUpMs: 1_500, slices: 5, sliceMs: 500 };
const QUICK = { warmUpMs: 300, slices: 2, sliceMs: 250 };

export const churn = {
  name: 'churn',
  title: 'connect, hear OPEN, send a close frame, wait for the end',
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

const CYCLES = { full: { before: 20_000, after: 200_000 }, quick: { before: 1_000, after: 3_000 } };
const DEADLINE_MS = 180_000;
const KB = 1024;

export const drift = {
  name: 'drift',
  title: `memory after 200,000 times connect and close (--quick: 3,000), each with a new id`,
  subjects: SUBJECTS,
  drivesServers: true,
  rounds: { full: 1, quick: 1 },
  figures: [
    figure({ name: 'drift', title: 'RSS gained since the warm-up', unit: 'MB', digits: 2, references: [] }),
    figure({ name: 'rss', title: 'RSS at the end', unit: 'MB', digits: 1 }),
  ],
  once: ({ subject, isQuick }) =>
    trial(
      subject,
      async ({ server, generator }) => {
        const { before, after } = isQuick ? CYCLES.quick : CYCLES.full;
        const { port } = server;
        await generator.play('cycle', { port, cycles: before }, DEADLINE_MS);
        await server.collect();
        const rssBefore = server.residentKb();
        await generator.play('cycle', { port, cycles: after }, DEADLINE_MS);
        const busy = { generator: generator.cores };
        await server.collect();
        const rss = server.residentKb();
        return { values: { drift: (rss - rssBefore) / KB, rss: rss / KB }, busy };
      },
      { isCollectable: true },
    ),
};
