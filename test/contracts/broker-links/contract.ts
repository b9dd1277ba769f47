import type { ContractTest } from '../../../src/contracts/contract-test.ts';
import { elapsed, until } from '../../../src/contracts/until.ts';
import type { BrokerLink, BrokerLinks, LinkItem, LinkRole } from '../../../src/application/ports/broker-links.ts';
import { nodeId, type NodeId, type PeerId, type RealmKey } from '../../../src/domain/ids.ts';
import { expect } from '../../../src/contracts/expect.ts';

/** The links of the nodes of a cluster. */
export interface LinksSubject {
  /** Starts a node. */
  node(): Promise<BrokerLinks>;
  dispose(): Promise<void>;
}

const [HERE, THERE] = ['here', 'there'].map(nodeId) as [NodeId, NodeId];
const PATIENCE_MS = 40_000;
/** A link that is not to be opened would be open by then. */
const QUIET_MS = 300;
const LARGE_BYTES = 1024 * 1024;
const MANY = 500;

/** One node, and the reports of its links. */
class Recorder {
  readonly links: BrokerLinks;
  readonly opened: (readonly [BrokerLink, LinkRole])[] = [];
  readonly items: LinkItem[] = [];
  ended = 0;

  constructor(links: BrokerLinks, node: NodeId) {
    this.links = links;
    links.listen(node, {
      opened: (link, role) => void this.opened.push([link, role]),
      received: (_, item) =>
        void this.items.push(item.type === 'message' ? { ...item, payload: item.payload && new Uint8Array(item.payload) } : item),
      ended: () => (this.ended += 1),
    });
  }

  get link(): BrokerLink {
    const [first] = this.opened[0] ?? [];
    if (first === undefined) throw new Error('no link');
    return first;
  }

  receive(count: number): Promise<LinkItem[]> {
    return until(PATIENCE_MS, `${count} items`, () => (this.items.length >= count ? this.items : undefined));
  }
}

type Run = (sender: Recorder, receiver: Recorder) => Promise<void>;

const LINKED: readonly { readonly name: string; readonly run: Run }[] = [
  {
    name: 'opens a link from the node that was dialled to the one that dials',
    run: async (sender, receiver) => {
      expect(sender.opened.map(([{ node }, role]) => [node, role])).toEqual([[THERE, 'sender']]);
      expect(receiver.opened.map(([{ node }, role]) => [node, role])).toEqual([[HERE, 'receiver']]);
    },
  },
  {
    name: 'delivers all items unchanged and in order, in both directions',
    run: async (sender, receiver) => {
      const names = { realm: '__proto__' as RealmKey, from: 'ü "\u2028\ud83d\ude00' as PeerId, to: 'bob' as PeerId };
      const large = new Uint8Array(LARGE_BYTES).map((_, at) => at % 251);
      const kinds = ['offer', 'answer', 'candidate', 'leave', 'expire'] as const;
      const there: LinkItem[] = [
        { type: 'open', lane: 1, ...names, owner: 'proof' },
        ...kinds.map((kind, lane) => ({ type: 'message' as const, lane, kind, payload: undefined })),
        { type: 'message', lane: 4_000_000_000, kind: 'offer', payload: large },
        ...[0, 1, 125, 126, 127, 65_530, 65_536].map((bytes) => ({
          ...{ type: 'message' as const, lane: 1, kind: 'offer' as const },
          payload: new Uint8Array(bytes).fill(bytes),
        })),
        { type: 'close', lane: 7 },
        { type: 'pong' },
      ];
      const back: LinkItem[] = [
        { type: 'opened', lane: 1 },
        { type: 'closed', lane: 4_000_000_000, delivered: 2 ** 40 },
        { type: 'received', count: 2 ** 40 + 1 },
        { type: 'ping' },
      ];
      for (const item of there) sender.link.send(item);
      for (const item of back) receiver.link.send(item);
      expect((await receiver.receive(there.length)).map(plain)).toEqual(there.map(plain));
      expect(await sender.receive(back.length)).toEqual(back);
    },
  },
  {
    name: 'delivers many items without gaps',
    run: async (sender, receiver) => {
      for (let n = 0; n < MANY; n++) {
        sender.link.send({ type: 'message', lane: n, kind: 'offer', payload: new Uint8Array(n % 700).fill(n) });
        if (n % 50 === 0) await elapsed(1);
      }
      const items = await receiver.receive(MANY);
      expect(items.map((item) => item.type === 'message' && [item.lane, item.payload?.length])).toEqual(
        Array.from({ length: MANY }, (_, n) => [n, n % 700]),
      );
    },
  },
  {
    name: 'borrows a payload for the call only',
    run: async (sender, receiver) => {
      const payload = new Uint8Array(3).fill(1);
      sender.link.send({ type: 'message', lane: 1, kind: 'offer', payload });
      payload.fill(2);
      sender.link.send({ type: 'close', lane: 1 });
      expect((await receiver.receive(2)).map(plain)[0]).toEqual({ type: 'message', lane: 1, kind: 'offer', payload: '010101' });
    },
  },
  ...(['sender', 'receiver'] as const).map((side) => ({
    name: `delivers what the ${side} sent before it ends the link, and reports the end once at both nodes`,
    run: async (sender: Recorder, receiver: Recorder) => {
      const [one, other] = side === 'sender' ? [sender, receiver] : [receiver, sender];
      const item: LinkItem = side === 'sender' ? { type: 'pong' } : { type: 'received', count: 3 };
      one.link.send(item);
      one.link.end();
      one.link.end();
      one.link.send(item);
      await until(PATIENCE_MS, 'both ends', () => (one.ended > 0 && other.ended > 0) || undefined);
      await elapsed(QUIET_MS);
      expect([one.ended, other.ended, other.items]).toEqual([1, 1, [item]]);
    },
  })),
  {
    name: 'opens another link after the end of the first one',
    run: async (sender, receiver) => {
      receiver.link.end();
      await until(PATIENCE_MS, 'both ends', () => (sender.ended > 0 && receiver.ended > 0) || undefined);
      await until(PATIENCE_MS, 'the second link', () => {
        receiver.links.dial(HERE, sender.links.invitation);
        return (sender.opened.length === 2 && receiver.opened.length === 2) || undefined;
      });
    },
  },
  {
    name: 'ends all links when a node closes its links, and opens none after that',
    run: async (sender, receiver) => {
      await sender.links.close();
      await until(PATIENCE_MS, 'both ends', () => (sender.ended > 0 && receiver.ended > 0) || undefined);
      receiver.links.dial(HERE, sender.links.invitation);
      await elapsed(QUIET_MS);
      expect([sender.opened.length, receiver.opened.length]).toEqual([1, 1]);
    },
  },
];

const REFUSED: typeof LINKED = [
  {
    name: 'opens no link with another key',
    run: async (sender, receiver) => {
      receiver.links.dial(HERE, { ...sender.links.invitation, key: receiver.links.invitation.key });
      await elapsed(QUIET_MS);
      expect([sender.opened, receiver.opened]).toEqual([[], []]);
    },
  },
  {
    name: 'opens no link to a node of another name',
    run: async (sender, receiver) => {
      receiver.links.dial(nodeId('other'), sender.links.invitation);
      await elapsed(QUIET_MS);
      expect([sender.opened, receiver.opened]).toEqual([[], []]);
    },
  },
];

/** The tests of links. @param start creates the nodes of a new cluster for each test. */
export function linksContract(start: () => Promise<LinksSubject>): ContractTest[] {
  return [
    ...LINKED.map(({ name, run }) => ({ name, run: () => withNodes(start, run, true) })),
    ...REFUSED.map(({ name, run }) => ({ name, run: () => withNodes(start, run, false) })),
  ];
}

async function withNodes(start: () => Promise<LinksSubject>, run: Run, isLinked: boolean): Promise<void> {
  const subject = await start();
  try {
    const [sender, receiver] = [new Recorder(await subject.node(), HERE), new Recorder(await subject.node(), THERE)];
    if (isLinked) {
      receiver.links.dial(HERE, sender.links.invitation);
      await until(PATIENCE_MS, 'a link', () => (sender.opened.length > 0 && receiver.opened.length > 0) || undefined);
    }
    await run(sender, receiver);
  } finally {
    await subject.dispose();
  }
}

/** An item with a comparable payload. */
function plain(item: LinkItem): unknown {
  return item.type === 'message' ? { ...item, payload: item.payload && Buffer.from(item.payload).toString('hex') } : item;
}
