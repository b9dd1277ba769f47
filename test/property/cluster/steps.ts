import fc from 'fast-check';
import { OWNERS, PEERS, THIEVES } from './client-socket.ts';
import { NODES, type SimulatedCluster } from './simulated-cluster.ts';
import { CONFIG, LEASE } from './simulated-node.ts';

/** Time for a claim, its OPEN, and the answers to a resumed node. */
const STEAL_MS = 300;
/** After this time without faults, a message between open sockets must be delivered. */
const SETTLE_MS = 600;

/** An action on a cluster, and its description. */
export interface Step {
  readonly text: string;
  readonly act: (cluster: SimulatedCluster) => void | Promise<void>;
}

const owner = fc.constantFrom(...OWNERS);
const thief = fc.constantFrom(...THIEVES);
const person = fc.oneof({ weight: 6, arbitrary: owner }, { weight: 1, arbitrary: thief });
const name = fc.constantFrom(...PEERS);
const nodeIndex = fc.nat({ max: NODES - 1 });
const seed = fc.nat();
const pause = fc.integer({ min: 10, max: 80 });

const connectPeer = fc
  .tuple(owner, nodeIndex)
  .map(([who, at]): Step => ({ text: `${who.name} connects to ${at}`, act: (w) => w.connect(who, at) }));
const sendOffers = fc.tuple(person, name, fc.integer({ min: 1, max: 3 })).map(([from, to, times]): Step => ({
  text: `${from.token} offers to ${to}, ${times} times`,
  act: (w) => w.sendOffers(from, to, times),
}));
/** More messages than the mailbox of an absent peer holds. @param isLate whether the sockets have been open for some time. */
const sendBurst = fc
  .tuple(fc.array(owner, { minLength: 1, maxLength: 3 }), name, fc.boolean())
  .map(([senders, to, isLate]): Step => ({
    text: `${senders.map((from) => from.name).join(' and ')} send a burst to ${to}${isLate ? ` after ${SETTLE_MS} ms` : ''}`,
    async act(w) {
      if (isLate) await w.advance(SETTLE_MS);
      for (const from of senders) w.sendOffers(from, to, CONFIG.mailboxMessages + 5);
    },
  }));
const sendSlowly = fc
  .tuple(owner, name, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 8 }))
  .map(([from, to, pauses]): Step => ({
    text: `${from.name} offers to ${to}, with pauses of ${pauses.join()} ms`,
    async act(cluster) {
      for (const pause of pauses) {
        cluster.sendOffers(from, to);
        await cluster.advance(pause);
      }
    },
  }));
const disconnectPeer = fc
  .tuple(person, fc.constantFrom('close' as const, 'cut' as const))
  .map(([who, how]): Step => ({ text: `${who.token}: ${how}`, act: (w) => w.disconnect(who, how) }));
const advanceClock = fc
  .oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 30, max: 4_000 }) })
  .map((span): Step => ({ text: `${span} ms pass`, act: (w) => w.advance(span) }));
const delayEngine = fc
  .tuple(nodeIndex, fc.integer({ min: 1, max: 60 }))
  .map(([at, delay]): Step => ({ text: `node ${at} is ${delay} ms away`, act: (w) => w.delayEngine(at, delay) }));
const delayBus = fc
  .tuple(nodeIndex, fc.integer({ min: 1, max: 60 }))
  .map(([at, delay]): Step => ({ text: `bus messages to node ${at} take ${delay} ms`, act: (w) => w.delayBus(at, delay) }));
const connectTwice = fc.tuple(owner, nodeIndex, nodeIndex).map(([who, at, other]): Step => ({
  text: `${who.name} connects to ${at} and ${other} at once`,
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
const suspendNode = nodeIndex.map((at): Step => ({ text: `node ${at} is suspended`, act: (w) => w.suspendNode(at) }));
const resumeNode = fc
  .tuple(nodeIndex, seed)
  .map(([at, order]): Step => ({ text: `node ${at} is resumed (${order})`, act: (w) => w.resumeNode(at, order) }));
const killNode = nodeIndex.map((at): Step => ({ text: `node ${at} is killed`, act: (w) => w.killNode(at) }));
const connectThief = fc
  .tuple(thief, nodeIndex)
  .map(([who, at]): Step => ({ text: `the thief of ${who.name} connects to ${at}`, act: (w) => w.connect(who, at) }));
/** The lease of a peer's node ends, and a thief claims the id. Then the node resumes, with frames in its sockets. */
const stealId = fc
  .record({
    who: fc.nat({ max: PEERS.length - 1 }),
    span: fc.integer({ min: LEASE, max: LEASE + 1_500 }),
    to: name,
    other: owner,
    pause,
    seed,
  })
  .map(({ who, span, to, other, pause: early, seed: order }): Step => {
    const [victim, stealer] = [OWNERS[who] ?? other, THIEVES[who] ?? other];
    return {
      text: `the node of ${victim.name} is suspended for ${span} ms; a thief takes the id, ${early} ms before ${other.name} connects there (${order})`,
      async act(w) {
        const at = w.nodeOf(victim);
        w.suspendNode(at);
        await w.advance(span);
        w.connect(stealer, at + 1);
        await w.advance(early);
        w.sendOffers(victim, to);
        w.connect(other, at);
        await w.resumeNode(at, order);
        await w.advance(STEAL_MS);
        w.sendOffers(victim, to);
      },
    };
  });
/** Longer than any delay, so that no command is in flight. */
const awaySpan = fc.oneof(fc.integer({ min: 150, max: 1_000 }), fc.integer({ min: 1_000, max: LEASE + 1_500 }));
const engineFault = fc.oneof(
  awaySpan.map((span): Step => ({ text: `the engine is away for ${span} ms`, act: (w) => w.engineAway(span) })),
  awaySpan.map((span): Step => ({ text: `the engine is away for ${span} ms and forgets`, act: (w) => w.engineForgets(span) })),
  fc.tuple(awaySpan, fc.nat({ max: 12 })).map(([span, lost]): Step => ({
    text: `the engine fails over in ${span} ms and loses ${lost} writes`,
    act: (w) => w.engineFailsOver(span, lost),
  })),
);
/** A thief takes the id of a peer that has left, and leaves it when the engine fails over. The release may be lost. */
const releaseInFailover = fc
  .record({
    who: fc.nat({ max: PEERS.length - 1 }),
    at: nodeIndex,
    span: fc.integer({ min: 150, max: 1_000 }),
    lost: fc.nat({ max: 6 }),
  })
  .map(({ who, at, span, lost }): Step => {
    const [left, stealer] = [OWNERS[who % OWNERS.length], THIEVES[who % THIEVES.length]];
    return {
      text: `a thief connects to ${at} as ${left?.name}, and leaves; the engine fails over in ${span} ms and loses ${lost} writes`,
      async act(w) {
        if (left === undefined || stealer === undefined) return;
        w.disconnect(left, 'close');
        await w.advance(100);
        w.connect(stealer, at);
        await w.advance(STEAL_MS);
        w.disconnect(stealer, 'close');
        await w.advance(5);
        await w.engineFailsOver(span, lost);
      },
    };
  });

const step = fc.oneof(
  { weight: 6, arbitrary: connectPeer },
  { weight: 12, arbitrary: sendOffers },
  { weight: 1, arbitrary: sendBurst },
  { weight: 3, arbitrary: sendSlowly },
  { weight: 2, arbitrary: disconnectPeer },
  { weight: 8, arbitrary: advanceClock },
  { weight: 2, arbitrary: delayEngine },
  { weight: 2, arbitrary: delayBus },
  { weight: 2, arbitrary: connectTwice },
  { weight: 1, arbitrary: cutNodeOff },
  { weight: 1, arbitrary: dropInFlight },
  { weight: 1, arbitrary: reconnectNode },
  { weight: 1, arbitrary: suspendNode },
  { weight: 2, arbitrary: resumeNode },
  { weight: 1, arbitrary: killNode },
  { weight: 1, arbitrary: connectThief },
  { weight: 1, arbitrary: stealId },
  { weight: 1, arbitrary: engineFault },
  { weight: 1, arbitrary: releaseInFailover },
);

export const steps = fc.array(step, { minLength: 1, maxLength: 80, size: 'max' });

const breakLinks = fc.tuple(nodeIndex, nodeIndex, fc.boolean()).map(([one, other, losesTail]): Step => ({
  text: `the links between nodes ${one} and ${other} break${losesTail ? ' and lose their tail' : ''}`,
  act: (w) => w.links.break(one, other, losesTail),
}));
const silenceLinks = fc.tuple(nodeIndex, nodeIndex).map(([from, to]): Step => ({
  text: `the links from node ${from} to node ${to} fall silent`,
  act: (w) => w.links.silence(from, to),
}));
const refuseLinks = fc.tuple(nodeIndex, nodeIndex).map(([from, to]): Step => ({
  text: `links from node ${from} to node ${to} are refused`,
  act: (w) => w.links.refuse(from, to),
}));
const delayLinks = fc.tuple(nodeIndex, nodeIndex, fc.integer({ min: 1, max: 120 })).map(([from, to, delay]): Step => ({
  text: `links from node ${from} to node ${to} take ${delay} ms`,
  act: (w) => w.links.delay(from, to, delay),
}));
const repairLinks = fc.constant<Step>({ text: 'the links are repaired', act: (w) => w.links.repair() });
/** Long enough for a lane to open, then a few messages. */
const talk = fc
  .tuple(owner, name, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 12 }))
  .map(([from, to, pauses]): Step => ({
    text: `${from.name} talks to ${to}, with pauses of ${pauses.join()} ms`,
    async act(cluster) {
      for (const pause of pauses) {
        cluster.sendOffers(from, to);
        await cluster.advance(pause);
      }
    },
  }));

/** All peers talk until there are links and lanes between them. */
const openLanes = fc.constant<Step>({
  text: 'all peers talk until lanes are open',
  async act(cluster) {
    for (const pause of [50, 600, 50, 50]) {
      for (const from of OWNERS) for (const to of PEERS) if (to !== from.name) cluster.sendOffers(from, to);
      await cluster.advance(pause);
    }
  },
});

/** The lease of a node that is cut off ends, and a thief takes the id of a peer there. Only the links still work. */
const stealOverLinks = fc
  .tuple(fc.nat({ max: PEERS.length - 1 }), fc.integer({ min: LEASE, max: LEASE + 1_500 }))
  .map(([who, span]): Step => ({
    text: `the node of ${PEERS[who]} is cut off for ${span} ms; a thief takes the id, and all talk`,
    async act(w) {
      const [victim, stealer] = [OWNERS[who], THIEVES[who]];
      if (victim === undefined || stealer === undefined) return;
      const at = w.nodeOf(victim);
      w.cutNodeOff(at);
      await w.advance(span);
      w.connect(stealer, at + 1);
      await w.advance(STEAL_MS);
      for (const { name: to } of OWNERS) w.sendOffers(victim, to);
      for (const from of OWNERS) w.sendOffers(from, victim.name);
      await w.advance(STEAL_MS);
      w.reconnectNode(at);
    },
  }));

/** A peer moves, and what it has sent before arrives later than what it sends from its new node. */
const moveWithSlowLinks = fc.tuple(owner, fc.integer({ min: 1, max: NODES - 1 }), pause).map(([who, by, early]): Step => ({
  text: `${who.name} moves by ${by} while its links are slow, and talks ${early} ms after that`,
  async act(w) {
    const at = w.nodeOf(who);
    for (let other = 0; other < NODES; other++) w.links.delay(at, other, 120);
    w.delayBus(at, 60);
    for (const { name: to } of OWNERS) w.sendOffers(who, to);
    w.connect(who, at + by);
    await w.advance(early);
    for (const { name: to } of OWNERS) w.sendOffers(who, to);
    await w.advance(STEAL_MS);
  },
}));

const linkStep = fc.oneof(
  { weight: 40, arbitrary: step },
  { weight: 14, arbitrary: talk },
  { weight: 4, arbitrary: openLanes },
  { weight: 2, arbitrary: breakLinks },
  { weight: 1, arbitrary: silenceLinks },
  { weight: 1, arbitrary: refuseLinks },
  { weight: 3, arbitrary: delayLinks },
  { weight: 2, arbitrary: repairLinks },
  { weight: 1, arbitrary: stealOverLinks },
  { weight: 1, arbitrary: moveWithSlowLinks },
);

/** Steps for a cluster with links. */
export const linkSteps = fc
  .tuple(openLanes, fc.array(linkStep, { minLength: 1, maxLength: 80, size: 'max' }))
  .map(([first, others]) => [first, ...others]);
