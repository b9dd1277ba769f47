import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NODES, PEERS, SimulatedCluster, type CreateEngine, type PeerName } from './cluster/simulated-cluster.ts';
import { SimulatedEngine } from './cluster/simulated-engine.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';

const name = fc.constantFrom<PeerName>(...PEERS);
const nodeIndex = fc.nat({ max: NODES - 1 });

type Action = (cluster: SimulatedCluster) => void | Promise<void>;
interface Step {
  readonly text: string;
  readonly act: Action;
}

const connectPeer = fc
  .tuple(name, nodeIndex)
  .map(([who, at]): Step => ({ text: `${who} connects to ${at}`, act: (w) => w.connect(who, at) }));
const sendOffers = fc.tuple(name, name, fc.integer({ min: 1, max: 3 })).map(([from, to, times]): Step => ({
  text: `${from} offers to ${to}, ${times} times`,
  act: (w) => w.sendOffers(from, to, times),
}));
const sendSlowly = fc
  .tuple(name, name, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 8 }))
  .map(([from, to, pauses]): Step => ({
    text: `${from} offers to ${to}, with pauses of ${pauses.join()} ms`,
    async act(cluster) {
      for (const pause of pauses) {
        cluster.sendOffers(from, to);
        await cluster.advance(pause);
      }
    },
  }));
const disconnectPeer = fc
  .tuple(name, fc.constantFrom('close' as const, 'cut' as const))
  .map(([who, how]): Step => ({ text: `${who}: ${how}`, act: (w) => w.disconnect(who, how) }));
const advanceClock = fc
  .oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 30, max: 4_000 }) })
  .map((span): Step => ({ text: `${span} ms pass`, act: (w) => w.advance(span) }));
const delayEngine = fc
  .tuple(nodeIndex, fc.integer({ min: 1, max: 60 }))
  .map(([at, delay]): Step => ({ text: `node ${at} is ${delay} ms away`, act: (w) => w.delayEngine(at, delay) }));
const delayBus = fc
  .tuple(nodeIndex, fc.integer({ min: 1, max: 60 }))
  .map(([at, delay]): Step => ({ text: `bus messages to node ${at} take ${delay} ms`, act: (w) => w.delayBus(at, delay) }));
const connectTwice = fc.tuple(name, nodeIndex, nodeIndex).map(([who, at, other]): Step => ({
  text: `${who} connects to ${at} and ${other} at once`,
  act(w) {
    w.connect(who, at);
    w.connect(who, other);
  },
}));
const cutNodeOff = nodeIndex.map((at): Step => ({ text: `node ${at} is cut off`, act: (w) => w.cutNodeOff(at) }));
const dropInFlight = nodeIndex.map((at): Step => ({
  text: `commands of node ${at} in flight are lost`,
  act: (w) => w.dropInFlight(at),
}));
const reconnectNode = nodeIndex.map((at): Step => ({ text: `node ${at} is reconnected`, act: (w) => w.reconnectNode(at) }));
const killNode = nodeIndex.map((at): Step => ({ text: `node ${at} is killed`, act: (w) => w.killNode(at) }));

const step = fc.oneof(
  { weight: 6, arbitrary: connectPeer },
  { weight: 12, arbitrary: sendOffers },
  { weight: 3, arbitrary: sendSlowly },
  { weight: 2, arbitrary: disconnectPeer },
  { weight: 8, arbitrary: advanceClock },
  { weight: 2, arbitrary: delayEngine },
  { weight: 2, arbitrary: delayBus },
  { weight: 2, arbitrary: connectTwice },
  { weight: 1, arbitrary: cutNodeOff },
  { weight: 1, arbitrary: dropInFlight },
  { weight: 1, arbitrary: reconnectNode },
  { weight: 1, arbitrary: killNode },
);

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

const steps = fc.array(step, { minLength: 1, maxLength: 80, size: 'max' });

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
