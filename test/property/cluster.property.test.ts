import { env } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CreateEngine } from './cluster/simulated-cluster.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';
import { worlds } from './cluster/worlds.ts';

const PROMISE = 'each message is delivered at most once, in order, or its sender is notified';

/** `npm run test:soak:cluster` runs more. */
const RUNS = Number(env['CLUSTER_RUNS'] ?? 2_000);
/** The test command plays the same worlds in each run, so that it tests the change. The soak plays new worlds. */
const SAME_WORLDS = env['CLUSTER_RUNS'] === undefined ? { seed: 1 } : {};
/** For one run on a slow machine. */
const PATIENCE_MS = 300;
const MIN_PATIENCE_MS = 60_000;

describe('a cluster of three nodes with random faults', { timeout: MIN_PATIENCE_MS + RUNS * PATIENCE_MS }, () => {
  it(`M1 M13 M14 M17 O4 O5 O11: ${PROMISE}; ${RUNS} runs`, async () => {
    await fc.assert(worlds('Redis'), { numRuns: RUNS, ...SAME_WORLDS });
  });

  it(`M1 M13 M14 M17 O4 O5 O11: ${PROMISE}, with the adapters for NATS; ${RUNS} runs`, async () => {
    await fc.assert(worlds('NATS'), { numRuns: RUNS, ...SAME_WORLDS });
  });

  it('leaves no entries in the NATS bucket after all peers have disconnected; a hundred runs', async () => {
    let nats: SimulatedNats | undefined;
    const createEngine: CreateEngine = (clock, limits, lease, _onLateClaim, realm) =>
      (nats = new SimulatedNats(clock, limits, lease, realm));
    const runs = worlds('NATS', {
      createEngine,
      async end(cluster) {
        await cluster.closeAll();
        expect(nats?.leftovers()).toEqual([]);
      },
    });
    await fc.assert(runs, { numRuns: 100, ...SAME_WORLDS });
  });
});
