/* The cost of relaying one message. */
import { UNDER_TEST } from '../servers.mjs';
import { microsecondsEach, trial } from '../trial.mjs';
import { figure } from './figure.mjs';

// Enough that the state of all peers does not fit into the CPU caches.
const PEERS = 1_000;
const FULL = { warmUpMs: 1_000, slices: 5, sliceMs: 500 };
const QUICK = { warmUpMs: 300, slices: 2, sliceMs: 250 };

/** @param {{ name: string, title: string, depth: number, goals: Record<string, number> }} load */
const relayMeasure = ({ name, title, depth, goals }) => ({
  name,
  title,
  subjects: UNDER_TEST,
  drivesServers: true,
  rounds: { full: 5, quick: 1 },
  figures: [figure({ name: 'cpu', title: 'server CPU per relay', unit: 'µs', digits: 2, goals })],
  once: ({ subject, isQuick }) =>
    trial(subject, async ({ server: { port, pid }, generator }) => {
      const span = isQuick ? QUICK : FULL;
      const load = { port, pid, peers: PEERS, depth, ...span };
      const { value, slices, busy } = microsecondsEach(await generator.play('relay', load));
      return { values: { cpu: value }, slices: { cpu: slices }, busy };
    }),
});

export const relay = relayMeasure({
  name: 'relay',
  title: `${PEERS} peers, one message in flight for each`,
  depth: 1,
  goals: { bare: 1.1, peer: 0.46 },
});

export const burst = relayMeasure({
  name: 'burst',
  title: `${PEERS} peers, each sends 8 messages at once`,
  depth: 8,
  goals: { bare: 0.42, peer: 0.18 },
});
