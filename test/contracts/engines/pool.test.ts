import { describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { poolPatternRealms } from '../../../src/adapters/engines/pool/engine.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import { nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
import { heldMessageBytes } from '../../../src/domain/message.ts';
import type { TopicName } from '../../../src/domain/topic.ts';
import { busContract } from '../../../src/contracts/buses/contract.ts';
import { directoryContract } from '../../../src/contracts/directories/contract.ts';
import { mailboxContract } from '../../../src/contracts/mailboxes/contract.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import { sharedContract } from '../../../src/contracts/engines/contract.ts';
import { LEASE } from '../../../src/contracts/engines/fixture.ts';
import { describeContract } from '../../support/describe-contract.ts';

const RED = realmKey('red');

// The realms of the contracts are realms by pattern here: only `peerjs` is literal.
const LITERALS = [realmKey('peerjs')];

function memoryParts(clock = new ManualClock(), lease?: number) {
  const directory = new MemoryPeerDirectory(clock, lease);
  return { directory, mailboxes: new MemoryMailboxStore(ROOMY), bus: new MemoryBusNetwork().busOf(nodeId('here')) };
}

for (const [name, lease] of [
  ['stay', undefined],
  ['lapse', LEASE],
] as const) {
  describeContract(
    'directory pool over memory',
    directoryContract(name, async () => {
      const clock = new ManualClock();
      const { directory } = poolPatternRealms(memoryParts(clock, lease), LITERALS);
      return { node: () => directory, elapse: async (span) => clock.advance(span), dispose: () => Promise.resolve() };
    }),
  );
}

describeContract(
  'mailbox store pool over memory',
  mailboxContract({
    start: async (limits) => {
      const inner = new MemoryMailboxStore(limits);
      const { mailboxes: store } = poolPatternRealms({ ...memoryParts(), mailboxes: inner }, LITERALS);
      return { store, usage: async () => inner.usage(), dispose: () => Promise.resolve() };
    },
    can: { ownBytes: 'no: the realms by pattern share one realm' },
  }),
);

describeContract(
  'bus pool over memory',
  busContract(async () => {
    const network = new MemoryBusNetwork();
    const node = (name: NodeId) => poolPatternRealms({ ...memoryParts(), bus: network.busOf(name) }, LITERALS).bus;
    return { node, dispose: () => Promise.resolve() };
  }),
);

describeContract(
  'directory and mailboxes of pool over memory',
  sharedContract(false, async () => {
    const clock = new ManualClock();
    const received = new Map<NodeId, BusMessage[]>();
    const listeners = new Map<NodeId, (message: BusMessage) => void>();
    const notify = (node: NodeId, message: BusMessage): void => listeners.get(node)?.(message);
    const directory = new MemoryPeerDirectory(clock, LEASE, notify, 'first');
    const mailboxes = new MemoryMailboxStore(ROOMY, { holders: directory, notify });
    return {
      node(name) {
        const messages = received.get(name) ?? [];
        const bus = {
          ...{ isReachable: true, broadcast: () => undefined, send: () => undefined, close: () => Promise.resolve() },
          listen: ({ onMessage }: { readonly onMessage: (message: BusMessage) => void }) => void listeners.set(name, onMessage),
        };
        const engine = poolPatternRealms({ directory, mailboxes, bus }, LITERALS);
        const listener = { onMessage: (word: BusMessage) => void messages.push(word), onMessagesLost: () => undefined };
        if (!received.has(name)) engine.bus.listen(listener);
        received.set(name, messages);
        return { directory: engine.directory, mailboxes: engine.mailboxes, messages };
      },
      elapse: async (span) => clock.advance(span),
      dispose: () => Promise.resolve(),
    };
  }),
);

describe('the pool', () => {
  it('R5: leaves literal realms as they are', () => {
    const parts = memoryParts();
    const { directory, mailboxes } = poolPatternRealms(parts, [RED]);
    const claim = { realm: { key: RED, node: nodeId('here') }, id: 'ann', token: undefined, connection: 1 } as never;
    directory.claim(claim, () => undefined);
    const located: unknown[] = [];
    parts.directory.locate(RED, 'ann' as never, (node) => located.push(node));
    mailboxes.put(
      RED,
      undefined,
      { kind: 'offer', from: 'bob' as never, to: 'ann' as never, payload: undefined },
      0,
      () => undefined,
    );
    parts.mailboxes.waiting(RED, (ids) => located.push(...ids));
    mailboxes.waiting(RED, (ids) => located.push(...ids));
    expect(located).toEqual(['here', 'ann', 'ann']);
  });

  it('R5: the byte limit of a realm applies to all pooled realms together, and not to others', () => {
    const message = { kind: 'offer', from: 'cem' as PeerId, to: 'ann' as PeerId, payload: undefined } as const;
    const pooled = { from: 'blue\ncem' as PeerId, to: 'blue\nann' as PeerId, payload: undefined };
    const inner = new MemoryMailboxStore({ ...ROOMY, realmMailboxBytes: 2 * heldMessageBytes(pooled) });
    const { mailboxes } = poolPatternRealms({ ...memoryParts(), mailboxes: inner }, [RED]);
    const outcomes = ['blue', 'grey', 'grey', 'blue', 'red'].map((realm) => {
      let outcome: unknown;
      mailboxes.put(realmKey(realm), undefined, message, 0, (given) => (outcome = given));
      return outcome;
    });
    expect(outcomes).toEqual(['held', 'held', 'full', 'full', 'held']);
  });

  it('O11: passes on whether the connection that collects a mailbox is still open', () => {
    const wanted: (boolean | undefined)[] = [];
    const take: MailboxStore['take'] = (_taker, _answer, _now, isWanted) => void wanted.push(isWanted?.());
    const inner = { take } as MailboxStore;
    const { mailboxes } = poolPatternRealms({ ...memoryParts(), mailboxes: inner }, [RED]);
    const isWanted = (): boolean => false;
    for (const realm of ['red', 'blue']) {
      const taker = { realm: { key: realmKey(realm), node: nodeId('here') }, id: 'ann' as PeerId, connection: 1 as never };
      mailboxes.take(taker, () => undefined, 0, isWanted);
    }
    expect(wanted).toEqual([false, false]);
  });

  it('R5: each asking realm receives its own ids from one request to the engine', async () => {
    const parts = memoryParts();
    const { mailboxes } = poolPatternRealms(parts, []);
    let requests = 0;
    const { waiting } = parts.mailboxes;
    parts.mailboxes.waiting = (...args) => {
      requests += 1;
      waiting.apply(parts.mailboxes, args);
    };
    for (const [realm, to] of [
      ['red', 'ann'],
      ['red', 'bob'],
      ['blue', 'ann'],
    ] as const) {
      const message = { kind: 'offer', from: 'cem' as never, to: to as never, payload: undefined } as const;
      mailboxes.put(realmKey(realm), undefined, message, 0, () => undefined);
    }
    const ask = (realm: string) => new Promise((resolve) => mailboxes.waiting(realmKey(realm), resolve));
    expect(await Promise.all(['red', 'blue', 'green', 'red'].map(ask))).toEqual([['ann', 'bob'], ['ann'], [], ['ann', 'bob']]);
    expect(requests).toBe(1);
  });

  it('R5: a publication arrives in its realm and space', () => {
    const network = new MemoryBusNetwork();
    const [here, there] = [nodeId('here'), nodeId('there')].map(
      (name) => poolPatternRealms({ ...memoryParts(), bus: network.busOf(name) }, [RED]).bus,
    );
    const received: unknown[] = [];
    there?.listen({
      onMessage: (message) => message.type === 'publication' && received.push([message.realm, message.space]),
      onMessagesLost: () => undefined,
    });
    here?.listen({ onMessage: () => undefined, onMessagesLost: () => undefined });
    const publication = { id: '', topics: ['t' as TopicName], payload: new Uint8Array(), isPrivate: false } as never;
    for (const realm of ['red', 'a.b> *']) {
      here?.broadcast({ type: 'publication', realm: realmKey(realm), space: 'updates', keepsHistory: false, publication });
    }
    return new Promise((resolve) => setImmediate(resolve)).then(() =>
      expect(received).toEqual([
        ['red', 'updates'],
        ['a.b> *', 'updates'],
      ]),
    );
  });
});

it('M24: passes start, close and health of the inner store on', async () => {
  const calls: unknown[] = [];
  const life = { start: (time: unknown) => void calls.push(time), close: () => void calls.push('close'), health: () => 'full' };
  const inner = Object.assign(new MemoryMailboxStore(ROOMY), life);
  const { mailboxes } = poolPatternRealms({ ...memoryParts(), mailboxes: inner }, LITERALS);
  const time = { now: () => 1, unixTime: () => 2 };
  await mailboxes.start?.(time);
  await mailboxes.close?.();
  expect([calls, mailboxes.health?.()]).toEqual([[time, 'close'], 'full']);
});
