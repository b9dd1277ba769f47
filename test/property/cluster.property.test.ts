import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NODES, PEERS, SimulatedCluster, type CreateEngine, type PeerName } from './cluster/simulated-cluster.ts';
import { SimulatedEngine } from './cluster/simulated-engine.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';

const name = fc.constantFrom<PeerName>(...PEERS);
const place = fc.nat({ max: NODES - 1 });

type Deed = (world: SimulatedCluster) => void | Promise<void>;
interface Step {
  readonly words: string;
  readonly deed: Deed;
}

const connects = fc
  .tuple(name, place)
  .map(([who, at]): Step => ({ words: `${who} connects to ${at}`, deed: (w) => w.connect(who, at) }));
const offers = fc.tuple(name, name, fc.integer({ min: 1, max: 3 })).map(([from, to, times]): Step => ({
  words: `${from} offers to ${to}, ${times} times`,
  deed: (w) => w.sendOffers(from, to, times),
}));
const chats = fc
  .tuple(name, name, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 8 }))
  .map(([from, to, pauses]): Step => ({
    words: `${from} offers to ${to}, with pauses of ${pauses.join()} ms`,
    async deed(world) {
      for (const pause of pauses) {
        world.sendOffers(from, to);
        await world.advance(pause);
      }
    },
  }));
const goes = fc
  .tuple(name, fc.constantFrom('close' as const, 'cut' as const))
  .map(([who, how]): Step => ({ words: `${who}: ${how}`, deed: (w) => w.disconnect(who, how) }));
const waits = fc
  .oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 30, max: 4_000 }) })
  .map((span): Step => ({ words: `${span} ms pass`, deed: (w) => w.advance(span) }));
const slows = fc
  .tuple(place, fc.integer({ min: 1, max: 60 }))
  .map(([at, delay]): Step => ({ words: `node ${at} is ${delay} ms away`, deed: (w) => w.delayEngine(at, delay) }));
const whispers = fc
  .tuple(place, fc.integer({ min: 1, max: 60 }))
  .map(([at, delay]): Step => ({ words: `words to node ${at} take ${delay} ms`, deed: (w) => w.delayBus(at, delay) }));
const twins = fc.tuple(name, place, place).map(([who, at, other]): Step => ({
  words: `${who} connects to ${at} and ${other} at once`,
  deed(w) {
    w.connect(who, at);
    w.connect(who, other);
  },
}));
const cuts = place.map((at): Step => ({ words: `node ${at} is cut off`, deed: (w) => w.cutNodeOff(at) }));
const loses = place.map((at): Step => ({ words: `what node ${at} asks is lost`, deed: (w) => w.dropInFlight(at) }));
const heals = place.map((at): Step => ({ words: `node ${at} is back`, deed: (w) => w.reconnectNode(at) }));
const kills = place.map((at): Step => ({ words: `node ${at} is killed`, deed: (w) => w.killNode(at) }));

const step = fc.oneof(
  { weight: 6, arbitrary: connects },
  { weight: 12, arbitrary: offers },
  { weight: 3, arbitrary: chats },
  { weight: 2, arbitrary: goes },
  { weight: 8, arbitrary: waits },
  { weight: 2, arbitrary: slows },
  { weight: 2, arbitrary: whispers },
  { weight: 2, arbitrary: twins },
  { weight: 1, arbitrary: cuts },
  { weight: 1, arbitrary: loses },
  { weight: 1, arbitrary: heals },
  { weight: 1, arbitrary: kills },
);

const PROMISE = 'each message is heard once at most, in order, or its sender hears of it';

/** Three nodes, and whatever happens to them. */
async function run(
  engineOn: CreateEngine,
  steps: readonly Step[],
  end = (world: SimulatedCluster) => world.finish(),
): Promise<void> {
  // The process breathes between two worlds, so that it forgets the last one and can be ended.
  await new Promise((breathe) => setImmediate(breathe));
  const world = await SimulatedCluster.start(engineOn);
  const done: string[] = [];
  try {
    for (const { words, deed } of steps) {
      done.push(words);
      await deed(world);
    }
    await end(world);
  } catch (error) {
    throw new Error(`${String(error)}\nafter:\n${done.map((words, n) => `${n + 1}. ${words}`).join('\n')}`, { cause: error });
  }
}

const steps = fc.array(step, { minLength: 1, maxLength: 80, size: 'max' });

/** A thousand worlds, on a slow machine. */
const PATIENCE_MS = 300_000;

describe('a cluster of three nodes, whatever breaks', { timeout: PATIENCE_MS }, () => {
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

  it('leaves nothing behind in a bucket of NATS, when all have gone; a hundred runs', async () => {
    const runs = fc.asyncProperty(steps, async (all) => {
      let nats: SimulatedNats | undefined;
      const engineOn: CreateEngine = (clock, limits, lease) => (nats = new SimulatedNats(clock, limits, lease));
      await run(engineOn, all, (world) => world.closeAll());
      expect(nats?.leftovers()).toEqual([]);
    });
    await fc.assert(runs, { numRuns: 100 });
  });
});
