import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedCluster, type CreateEngine } from './cluster/simulated-cluster.ts';
import { SimulatedEngine } from './cluster/simulated-engine.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';
import { steps, type Step } from './cluster/steps.ts';

const PROMISE = 'each message is delivered at most once, in order, or its sender is notified';

/** Runs the steps on a cluster of three nodes. */
async function run(
  createEngine: CreateEngine,
  steps: readonly Step[],
  end = (cluster: SimulatedCluster) => cluster.finish(),
): Promise<void> {
  // A turn of the event loop between two runs lets the process free memory and handle signals.
  await new Promise((breathe) => setImmediate(breathe));
  const cluster = await SimulatedCluster.start(createEngine);
  const done: string[] = [];
  try {
    for (const { text, act } of steps) {
      done.push(text);
      await act(cluster);
    }
    await end(cluster);
  } catch (error) {
    throw new Error(`${String(error)}\nafter:\n${done.map((text, n) => `${n + 1}. ${text}`).join('\n')}`, { cause: error });
  }
}

/** For a thousand runs on a slow machine. */
const PATIENCE_MS = 300_000;

describe('a cluster of three nodes with random faults', { timeout: PATIENCE_MS }, () => {
  it(`M1 M13 M14 M17 O4 O5 O11: ${PROMISE}; a thousand runs`, async () => {
    const runs = fc.asyncProperty(steps, fc.boolean(), (all, duplicatesBusMessages) =>
      run(
        (clock, limits, lease, onLateClaim) => new SimulatedEngine(clock, limits, lease, { duplicatesBusMessages, onLateClaim }),
        all,
      ),
    );
    await fc.assert(runs, { numRuns: 1_000 });
  });

  it(`M1 M13 M14 M17 O4 O5 O11: ${PROMISE}, with the adapters for NATS; a thousand runs`, async () => {
    const runs = fc.asyncProperty(steps, (all) => run((clock, limits, lease) => new SimulatedNats(clock, limits, lease), all));
    await fc.assert(runs, { numRuns: 1_000 });
  });

  it('leaves no entries in the NATS bucket after all peers have disconnected; a hundred runs', async () => {
    const runs = fc.asyncProperty(steps, async (all) => {
      let nats: SimulatedNats | undefined;
      const createEngine: CreateEngine = (clock, limits, lease) => (nats = new SimulatedNats(clock, limits, lease));
      await run(createEngine, all, (cluster) => cluster.closeAll());
      expect(nats?.leftovers()).toEqual([]);
    });
    await fc.assert(runs, { numRuns: 100 });
  });
});
