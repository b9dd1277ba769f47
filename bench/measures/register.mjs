/* The cost of registering one more peer. */
import { microsecondsEach, trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const FULL = { cycles: 10_000, warmUp: 2_000, count: 15_000, sliceMs: 500 };
const QUICK = { cycles: 1_000, warmUp: 500, count: 3_000, sliceMs: 250 };

export const register = {
  name: 'register',
  title: 'connect, receive OPEN, stay',
  subjects: ['signalbox-uws', 'signalbox-node', 'peer', 'bare'],
  drivesServers: true,
  rounds: { full: 5, quick: 1 },
  figures: [
    figure({ name: 'cpu', title: 'server CPU per registration', unit: 'µs', digits: 1, goals: { bare: 1.25 } }),
  ],
  once: ({ subject, isQuick }) =>
    trial(subject, async ({ server: { port, pid }, generator }) => {
      const count = isQuick ? QUICK : FULL;
      const { value, slices, busy } = microsecondsEach(await generator.play('register', { port, pid, ...count }));
      return { values: { cpu: value }, slices: { cpu: slices }, busy };
    }),
};
