import { describe, it } from 'vitest';
import { BUCKET_HISTORY } from '../../src/adapters/engines/nats/known-claim.ts';
import { OWNERS, THIEVES } from './cluster/client-socket.ts';
import { runCluster } from './cluster/run.ts';
import { SimulatedEngine } from './cluster/simulated-engine.ts';
import { SimulatedNats } from './cluster/simulated-nats.ts';
import { LEASE } from './cluster/simulated-node.ts';
import type { CreateEngine } from './cluster/cluster-options.ts';
import type { Step } from './cluster/steps.ts';

const createRedis: CreateEngine = (clock, limits, lease, events) =>
  new SimulatedEngine(clock, limits, lease, { duplicatesBusMessages: false, ...events });
const createRedisWithDuplicates: CreateEngine = (clock, limits, lease, events) =>
  new SimulatedEngine(clock, limits, lease, { duplicatesBusMessages: true, ...events });
const createNats: CreateEngine = (clock, limits, lease, events, realm) =>
  new SimulatedNats(clock, { ...limits, lease }, events, realm);
const ENGINES: readonly [string, CreateEngine][] = [
  ['Redis', createRedis],
  ['NATS', createNats],
];
const [ann, bob, cem] = OWNERS;
/** Two requests and their answers, at 100 ms for each direction: the claim and what is read for the collection. */
const CLAIMED_MS = 425;
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
  await runCluster({ createEngine: createRedis, steps });
});

it.each([true, false])(
  'O5: expects no delivery to the earlier socket of a peer whose later one has closed (open: %s)',
  async (isOpen) => {
    if (ann === undefined || bob === undefined) throw new Error('no owner');
    const steps = [
      step('a second passes', (w) => w.advance(1_000)),
      step('bus messages to node 0 take 20 ms', (w) => w.delayBus(0, 20)),
      step('ann connects to 1', (w) => w.connect(ann, 1)),
      ...(isOpen ? [step('5 ms pass', (w) => w.advance(5))] : []),
      step('ann closes', (w) => w.disconnect(ann, 'close')),
      step('5 ms pass', (w) => w.advance(5)),
      step('bob offers to ann', (w) => w.sendOffers(bob, 'ann')),
    ];
    await runCluster({ createEngine: createRedis, steps });
  },
);

it('O5: expects deliveries to a socket on a node that was cut off, if another token has taken and released its id', async () => {
  const [thief] = THIEVES;
  if (ann === undefined || bob === undefined || cem === undefined || thief === undefined) throw new Error('no owner');
  const steps = [
    step('bob offers to ann', (w) => w.sendOffers(bob, 'ann')),
    ...[5, 1, 1].flatMap((pause) => [
      step('ann offers to ann', (w) => w.sendOffers(ann, 'ann')),
      step(`${pause} ms pass`, (w) => w.advance(pause)),
    ]),
    step('node 0 is cut off', (w) => w.cutNodeOff(0)),
    step('node 0 is suspended', (w) => w.suspendNode(0)),
    step('its lease ends', (w) => w.advance(LEASE)),
    step('a thief takes the id of ann', (w) => w.connect(thief, 1)),
    step('10 ms pass', (w) => w.advance(10)),
    step('ann offers to ann', (w) => w.sendOffers(ann, 'ann')),
    step('ann connects to node 0', (w) => w.connect(ann, 0)),
    step('node 0 resumes', (w) => w.resumeNode(0, 0)),
    step('300 ms pass', (w) => w.advance(300)),
    step('ann offers to ann', (w) => w.sendOffers(ann, 'ann')),
    step('ann closes', (w) => w.disconnect(ann, 'close')),
    step('100 ms pass', (w) => w.advance(100)),
    step('the thief connects again', (w) => w.connect(thief, 1)),
    step('300 ms pass', (w) => w.advance(300)),
    step('the thief closes', (w) => w.disconnect(thief, 'close')),
    step('the release reaches the engine', (w) => w.advance(5)),
    step('the engine fails over', (w) => w.engineFailsOver(150, 0)),
    step('cem offers to ann', (w) => w.sendOffers(cem, 'ann')),
    step('1 ms passes', (w) => w.advance(1)),
  ];
  await runCluster({ createEngine: createRedisWithDuplicates, steps });
});

it('M13: excuses EXPIRE for delivered messages if a node on NATS was away during more claims than NATS keeps', async () => {
  if (ann === undefined || cem === undefined) throw new Error('no owner');
  const claims = Array.from({ length: BUCKET_HISTORY + 1 }, (_, n) => [
    step('cem connects', (w) => w.connect(cem, n % 2)),
    step('100 ms pass', (w) => w.advance(100)),
  ]).flat();
  const steps = [
    step('cem closes', (w) => w.disconnect(cem, 'close')),
    step('a second passes', (w) => w.advance(1_000)),
    step('ann offers to cem', (w) => w.sendOffers(ann, 'cem', 5)),
    step('a second passes', (w) => w.advance(1_000)),
    step('messages of node 2 to NATS take 100 ms', (w) => w.delayEngine(2, 100)),
    step('cem connects to 2', (w) => w.connect(cem, 2)),
    step('node 2 has the claim', (w) => w.advance(CLAIMED_MS, 1)),
    step('node 2 is cut off while it collects the mailbox', (w) => w.cutNodeOff(2)),
    ...claims,
    step('node 2 reconnects', (w) => w.reconnectNode(2)),
  ];
  await runCluster({ createEngine: createNats, steps });
});
