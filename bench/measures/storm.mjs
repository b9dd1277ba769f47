/* All peers lose the network at once and reconnect. */
import { setTimeout as pause } from 'node:timers/promises';
import { trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const PEERS = { full: 10_000, quick: 1_000 };
const CALM_MS = { full: 2_000, quick: 500 };
const WARM_UP_MS = 500;

export const storm = {
  name: 'storm',
  title: '10,000 peers (--quick: 1,000) are cut at once, get messages in their mailboxes, and reconnect with their tokens; bare has no mailboxes',
  subjects: ['signalbox-uws', 'signalbox-node', 'peer', 'bare'],
  drivesServers: true,
  rounds: { full: 2, quick: 1 },
  figures: [
    figure({ name: 'took', title: 'until all are registered and have their messages', unit: 'ms', digits: 0 }),
    figure({ name: 'calm99', title: 'p99 of another pair before', unit: 'ms', digits: 2 }),
    figure({ name: 'storm50', title: 'p50 of another pair meanwhile', unit: 'ms', digits: 2 }),
    figure({ name: 'storm99', title: 'p99 of another pair meanwhile', unit: 'ms', digits: 2 }),
    figure({ name: 'stormMax', title: 'slowest message of another pair', unit: 'ms', digits: 2 }),
  ],
  once: ({ subject, isQuick }) =>
    trial(subject, async ({ server: { port, hasMailboxes }, generator: peers, another }) => {
      const pair = another();
      await peers.play('assemble', { port, count: isQuick ? PEERS.quick : PEERS.full });
      await pair.play('startPair', { port });
      await pause(WARM_UP_MS);
      await pair.play('pairTimes', {});
      await pause(isQuick ? CALM_MS.quick : CALM_MS.full);
      const calm = await pair.play('pairTimes', {});
      const { tookMs } = await peers.play('storm', { port, hasMailboxes });
      const busy = { generator: peers.cores };
      const meanwhile = await pair.play('pairTimes', {});
      await pair.play('stopPair', {});
      const { p50: storm50, p99: storm99, max: stormMax } = meanwhile;
      return { values: { took: tookMs, calm99: calm.p99, storm50, storm99, stormMax }, busy };
    }),
};
