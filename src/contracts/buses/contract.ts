import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { NodeBus, BusMessage, BusPublication } from '../../application/ports/node-bus.ts';
import { nodeId, realmKey, type NodeId, type PeerId } from '../../domain/ids.ts';
import type { TopicName } from '../../domain/topic.ts';
import { until } from '../until.ts';

/** The buses of the nodes of a cluster. */
export interface BusSubject {
  node(name: NodeId): NodeBus;
  dispose(): Promise<void>;
}

const [HERE, THERE, FAR] = ['here', 'there', 'far'].map(nodeId) as [NodeId, NodeId, NodeId];
const GREEN = realmKey('green');
const PATIENCE_MS = 5_000;
const MANY = 200;
const LARGE_BYTES = 3 * 1024 * 1024;

/** Records the messages that a node receives. */
class Receiver {
  readonly messages: BusMessage[] = [];
  readonly bus: NodeBus;
  isReady = false;

  constructor(bus: NodeBus) {
    this.bus = bus;
    bus.listen({
      onMessage: (publicationOf) => void this.messages.push(publicationOf),
      onMessagesLost: () => (this.isReady = true),
    });
  }

  receive(count: number): Promise<BusMessage[]> {
    return until(PATIENCE_MS, `${count} messages`, () => (this.messages.length >= count ? this.messages : undefined));
  }
}

type Run = (here: Receiver, there: Receiver, far: Receiver) => Promise<void>;

/** One promise of the port. */
interface Clause {
  readonly name: string;
  readonly run: Run;
}

const CLAUSES: readonly Clause[] = [
  {
    name: 'delivers messages to all other nodes in order, and not to the sender',
    run: async (here, there, far) => {
      const all = Array.from({ length: MANY }, (_, n) => publicationOf(String(n)));
      for (const one of all) here.bus.broadcast(one);
      there.bus.broadcast(publicationOf('back'));
      expect((await there.receive(MANY)).map(plain)).toEqual(all.map(plain));
      expect((await here.receive(1)).map(plain)).toEqual([plain(publicationOf('back'))]);
      const received = (await far.receive(MANY + 1)).map(nameOf);
      expect(received.filter((name) => name !== 'back')).toEqual(all.map(nameOf));
      expect(received).toContain('back');
    },
  },
  {
    name: 'delivers messages unchanged',
    run: async (here, there) => {
      const messages = [
        { ...publicationOf('1'), realm: realmKey('__proto__'), servedGroups: ['__proto__', 'mqtt ü/\n"'] },
        publicationOf(
          'ü "\u2028\ud83d\ude00',
          Uint8Array.from({ length: 256 }, (_, byte) => byte),
        ),
      ];
      for (const one of messages) here.bus.broadcast(one);
      expect((await there.receive(2)).map(plain)).toEqual(messages.map(plain));
    },
  },
  {
    name: 'T4: delivers messages larger than one message of the engine, in order',
    run: async (here, there) => {
      const large = new Uint8Array(LARGE_BYTES).map((_, at) => at % 251);
      const messages = [publicationOf('before'), publicationOf('large', large), publicationOf('after')];
      for (const one of messages) here.bus.broadcast(one);
      expect((await there.receive(3)).map(plain)).toEqual(messages.map(plain));
    },
  },
  {
    name: 'ADM15: delivers a message to one node only, unchanged, and drops one to a node that has gone',
    run: async (here, there, far) => {
      const text = JSON.stringify({ large: 'ü"\n'.repeat(LARGE_BYTES / 4) });
      const all = (['request', 'response'] as const).map((type, number) => ({ type, from: HERE, number, text }));
      here.bus.send(nodeId('gone'), { type: 'request', from: HERE, number: 7, text: '' });
      for (const one of all) here.bus.send(THERE, one);
      expect(await there.receive(2)).toEqual(all);
      here.bus.broadcast(publicationOf('after'));
      expect((await far.receive(1)).map(nameOf)).toEqual(['after']);
    },
  },
  {
    name: 'T4: copies the payload: the caller may overwrite it after the call',
    run: async (here, there) => {
      const payload = new Uint8Array(4).fill(1);
      here.bus.broadcast(publicationOf('one', payload));
      payload.fill(2);
      expect((await there.receive(1)).map(plain)).toEqual([plain(publicationOf('one', new Uint8Array(4).fill(1)))]);
    },
  },
];

/** The tests of a bus. @param start creates the buses of a new cluster for each test. */
export function busContract(start: () => Promise<BusSubject>): ContractTest[] {
  return CLAUSES.map(({ name, run }) => ({ name, run: () => withNodes(start, run) }));
}

async function withNodes(start: () => Promise<BusSubject>, run: Run): Promise<void> {
  const subject = await start();
  const all = [HERE, THERE, FAR].map((node) => new Receiver(subject.node(node))) as [Receiver, Receiver, Receiver];
  // A subscription takes effect some time after the call.
  await until(PATIENCE_MS, 'all subscriptions', () => {
    for (const { bus } of all) bus.broadcast(publicationOf('probe'));
    return all.every(({ bus, messages }) => bus.isReachable && messages.length > 0) ? true : undefined;
  });
  for (const { bus } of all) bus.broadcast(publicationOf('begin'));
  for (const one of all) await until(PATIENCE_MS, 'the first messages', () => startCount(one) === 2 || undefined);
  for (const one of all) one.messages.length = 0;
  try {
    await run(...all);
  } finally {
    await subject.dispose();
  }
}

function startCount({ messages }: Receiver): number {
  return messages.filter((received) => nameOf(received) === 'begin').length;
}

function publicationOf(id: string, payload: Uint8Array = new Uint8Array(1)): BusPublication {
  const topics = ['garden', 'house'] as TopicName[];
  const from = 'ann' as PeerId;
  return {
    ...{ type: 'publication', realm: GREEN, space: 'relay', keepsHistory: false },
    publication: { id, topics, payload, form: 'bytes' as const, type: undefined, retry: 5, isPrivate: true, from },
  };
}

function nameOf(received: BusMessage): string {
  return received.type === 'publication' ? received.publication.id : '';
}

/** A message with a comparable payload. */
function plain(received: BusMessage): unknown {
  if (received.type !== 'publication') return received;
  return {
    ...received,
    publication: { ...received.publication, payload: Buffer.from(received.publication.payload).toString('hex') },
  };
}
