/* The latency of a message on a server with low load. */
import { UNDER_TEST } from '../servers.mjs';
import { microsecondsEach, trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const PER_SECOND = 2_000;
const PEERS = 100;
const FULL = { warmUpMs: 1_000, spanMs: 5_000 };
const QUICK = { warmUpMs: 300, spanMs: 700 };

export const latency = {
  name: 'latency',
  title: `${PER_SECOND} messages/s between ${PEERS} peers, timed from the moment at which each is due`,
  subjects: UNDER_TEST.filter((name) => name !== 'bare-batching'),
  drivesServers: true,
  rounds: { full: 3, quick: 1 },
  figures: [
    figure({ name: 'p50', title: 'p50', unit: 'µs', digits: 0, goals: { bare: 1 } }),
    figure({ name: 'p99', title: 'p99', unit: 'µs', digits: 0, goals: { bare: 1 } }),
    figure({ name: 'p999', title: 'p99.9', unit: 'µs', digits: 0 }),
  ],
  once: ({ subject, isQuick }) =>
    trial(subject, async ({ server: { port, pid }, generator }) => {
      const span = isQuick ? QUICK : FULL;
      const { times, slices } = await generator.play('latency', { port, pid, peers: PEERS, perSecond: PER_SECOND, ...span });
      const values = { p50: times.p50 * 1000, p99: times.p99 * 1000, p999: times.p999 * 1000 };
      return { values, busy: microsecondsEach(slices).busy };
    }),
};
