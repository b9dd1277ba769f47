import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROMISE, RUNS, TIMEOUT } from './cluster/runs.ts';
import type { CreateEngine } from './cluster/cluster-options.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';
import { worlds } from './cluster/worlds.ts';

describe('a cluster of three nodes with random faults and the adapters for NATS', TIMEOUT, () => {
  it(`M1 M13 M14 M17 O4 O5 O11: ${PROMISE}`, async () => {
    await fc.assert(worlds('NATS'), { numRuns: RUNS });
  });

  it('leaves no entries in the bucket after all peers have disconnected; a hundred runs', async () => {
    let nats: SimulatedNats | undefined;
    const createEngine: CreateEngine = (clock, limits, lease, events, realm) =>
      (nats = new SimulatedNats(clock, { ...limits, lease }, events, realm));
    const runs = worlds('NATS', {
      createEngine,
      async end(cluster) {
        await cluster.closeAll();
        expect(nats?.leftovers()).toEqual([]);
      },
    });
    await fc.assert(runs, { numRuns: 100 });
  });
});
