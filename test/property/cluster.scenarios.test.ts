import { describe, it } from 'vitest';
import { OWNERS } from './cluster/client-socket.ts';
import { runCluster } from './cluster/run.ts';
import { SimulatedEngine } from './cluster/simulated-engine.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';
import type { CreateEngine } from './cluster/cluster-options.ts';
import type { Step } from './cluster/steps.ts';

const ENGINES: readonly [string, CreateEngine][] = [
  ['Redis', (clock, limits, lease, onLateClaim) => new SimulatedEngine(clock, limits, lease, { ...ONCE, onLateClaim })],
  ['NATS', (clock, limits, lease, _onLateClaim, realm) => new SimulatedNats(clock, limits, lease, realm)],
];
const ONCE = { duplicatesBusMessages: false };
const [ann, bob, cem] = OWNERS;
/** The claim of a socket, and the collection of its mailbox. */
const LOST_WRITES = 2;

function step(text: string, act: Step['act']): Step {
  return { text, act };
}

describe.each(ENGINES)('a cluster of three nodes on %s', (_name, createEngine) => {
  it('O5: keeps the later socket of a peer if the node of the earlier one was cut off when the engine lost its data', async () => {
    if (ann === undefined) throw new Error('no owner');
    const steps = [
      step('ann is connected to 0', (w) => w.connect(ann, 0)),
      step('a second passes', (w) => w.advance(1_000)),
      step('node 0 is cut off', (w) => w.cutNodeOff(0)),
      step('ann connects to 1', (w) => w.connect(ann, 1)),
      step('a second passes', (w) => w.advance(1_000)),
      step('the engine forgets, and node 0 reconnects first', (w) => w.engineForgets(100)),
    ];
    for (const realm of ['literal', 'by pattern'] as const) await runCluster({ createEngine, steps, realm });
  });

  it('O5: keeps the later socket of a peer if its node claims another id before it renews its lease in an empty engine', async () => {
    if (ann === undefined || cem === undefined) throw new Error('no owner');
    const steps = [
      step('a second passes', (w) => w.advance(1_000)),
      step('node 0 is cut off', (w) => w.cutNodeOff(0)),
      step('ann connects to 1', (w) => w.connect(ann, 1)),
      step('a second passes', (w) => w.advance(1_000)),
      step('cem connects to 1', (w) => w.connect(cem, 1)),
      step('the engine forgets, and node 0 reconnects first', (w) => w.engineForgets(100)),
    ];
    for (const realm of ['literal', 'by pattern'] as const) await runCluster({ createEngine, steps, realm });
  });
});

it('M17: excuses the order of two sockets of a peer if a failover of Redis has lost the claim of the later one', async () => {
  if (bob === undefined || cem === undefined) throw new Error('no owner');
  const steps = [
    step('bob connects to 2', (w) => w.connect(bob, 2)),
    step('cem connects to 1', (w) => w.connect(cem, 1)),
    step('a second passes', (w) => w.advance(1_000)),
    step('node 1 is cut off', (w) => w.cutNodeOff(1)),
    step('cem offers to bob', (w) => w.sendOffers(cem, 'bob')),
    step('cem connects to 2', (w) => w.connect(cem, 2)),
    step('5 ms pass', (w) => w.advance(5)),
    step('cem offers to bob', (w) => w.sendOffers(cem, 'bob')),
    step('the engine fails over, and loses the claim', (w) => w.engineFailsOver(150, LOST_WRITES)),
  ];
  const [redis] = ENGINES;
  if (redis === undefined) throw new Error('no engine');
  await runCluster({ createEngine: redis[1], steps });
});
