import { expect } from 'vitest';
import type { HoldOutcome, MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { Claim, ClaimOutcome, Holder, RenewOutcome, PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { Token } from '../../../src/domain/token.ts';
import { until } from '../../support/e2e/until.ts';
import { ROOMY } from '../mailboxes/fixture.ts';

/** One empty engine: leases of LEASE, and room for two peers in a realm. */
export interface EngineSubject {
  /** Directory and mailboxes as one node has them; they know of each other. And what the node has heard. */
  node(name: NodeId): {
    readonly directory: PeerDirectory;
    readonly mailboxes: MailboxStore;
    readonly words: readonly BusMessage[];
  };
  elapse(span: Millis): Promise<void>;
  dispose(): Promise<void>;
}

export const LEASE: Millis = 1_000;
/** O6: peers of a realm, where the engine keeps that bound. */
export const ROOM = 3;

interface Clause {
  readonly name: string;
  /** Only where the engine, and not each node, counts the peers. */
  readonly needsCount?: true;
  /** @param patience how long a word may take to come, in ms. */
  run(subject: EngineSubject, patience?: number): Promise<void>;
}

const [HERE, THERE, FAR] = ['here', 'there', 'far'].map(nodeId) as [NodeId, NodeId, NodeId];
const PATIENCE_MS = 5_000;
const GREEN = realmKey('green');

class EngineClient {
  readonly #subject: EngineSubject;

  constructor(subject: EngineSubject) {
    this.#subject = subject;
  }

  claim(claim: Claim): Promise<[ClaimOutcome, Holder | undefined]> {
    return new Promise((resolve) => this.#at(claim).directory.claim(claim, (outcome, before) => resolve([outcome, before])));
  }

  confirm(claim: Claim, ifFree = false): Promise<'held' | 'lost'> {
    return new Promise((resolve) => this.#at(claim).directory.confirm(claim, ifFree, resolve));
  }

  keep(node: NodeId): Promise<RenewOutcome> {
    return new Promise((resolve) => this.#subject.node(node).directory.renewLease(node, resolve));
  }

  present(node = HERE): Promise<readonly PeerId[]> {
    return new Promise((resolve) => this.#subject.node(node).directory.present(GREEN, resolve));
  }

  put(sender: Claim | undefined, message: SignalMessage): Promise<HoldOutcome> {
    const { mailboxes } = this.#subject.node(sender?.realm.node ?? HERE);
    return new Promise((resolve) => mailboxes.put(GREEN, sender, message, 0, resolve));
  }

  /** Once it hears something. */
  words(node: NodeId, patience = PATIENCE_MS): Promise<readonly BusMessage[]> {
    const { words } = this.#subject.node(node);
    return until(patience, 'a word', () => (words.length > 0 ? words : undefined));
  }

  take(taker: Claim): Promise<{ payloads: string[]; unread: readonly PeerId[]; claim: 'held' | 'moved' }> {
    return new Promise((resolve) =>
      this.#at(taker).mailboxes.take(taker, (messages, unread, claim = 'held') =>
        resolve({
          payloads: messages.map(({ payload, kind }) => (payload === undefined ? kind : Buffer.from(payload).toString())),
          ...{ unread, claim },
        }),
      ),
    );
  }

  waiting(): Promise<readonly PeerId[]> {
    return new Promise((resolve) => this.#subject.node(HERE).mailboxes.waiting(GREEN, resolve));
  }

  #at({ realm }: Claim): ReturnType<EngineSubject['node']> {
    return this.#subject.node(realm.node);
  }
}

function peer(id: string, node: NodeId, connection = 1): Claim {
  return { realm: { key: GREEN, node }, id: id as PeerId, token: new Token(`of ${id}`), connection: connectionId(connection, 0) };
}

function letter(from: string, to: string, text: string, kind: SignalMessage['kind'] = 'offer'): SignalMessage {
  return { kind, from: from as PeerId, to: to as PeerId, payload: Buffer.from(text) };
}

/** What directory and mailboxes promise of each other, so that a peer may change its node. */
export const SHARED_CLAUSES: readonly Clause[] = [
  {
    name: 'O5: who is granted an id that was held hears by whom, and where',
    async run(subject) {
      const hands = new EngineClient(subject);
      const first = peer('ann', HERE, 7);
      expect(await hands.claim(first)).toEqual(['granted', undefined]);
      expect(await hands.claim(peer('ann', THERE))).toEqual(['granted', { node: HERE, connection: first.connection }]);
      await subject.elapse(LEASE);
      expect(await hands.claim(peer('ann', HERE))).toEqual(['granted', undefined]);
    },
  },
  {
    name: 'a claim is confirmed to the connection that holds it, lease or not, and to no other',
    async run(subject) {
      const hands = new EngineClient(subject);
      await hands.claim(peer('ann', HERE));
      expect(await hands.confirm(peer('ann', HERE))).toBe('held');
      await subject.elapse(LEASE);
      expect(await hands.confirm(peer('ann', HERE))).toBe('held');
      expect(await hands.confirm(peer('ann', HERE, 2))).toBe('lost');
      await hands.claim(peer('ann', THERE));
      expect(await hands.confirm(peer('ann', HERE))).toBe('lost');
    },
  },
  {
    name: 'a claim that nobody holds is lost, unless the directory may have forgotten it',
    async run(subject) {
      const hands = new EngineClient(subject);
      await hands.keep(HERE);
      expect(await hands.confirm(peer('ann', HERE))).toBe('lost');
      expect(await hands.confirm(peer('ann', HERE), true)).toBe('held');
      expect(await hands.claim({ ...peer('ann', THERE), token: new Token('his') })).toEqual(['taken', undefined]);
    },
  },
  {
    name: 'a node is unknown, then kept, then lapsed when it comes too late',
    async run(subject) {
      const hands = new EngineClient(subject);
      expect(await hands.keep(HERE)).toBe('unknown');
      expect(await hands.keep(HERE)).toBe('kept');
      await subject.elapse(LEASE);
      expect(await hands.keep(HERE)).toBe('lapsed');
      expect(await hands.keep(HERE)).toBe('kept');
    },
  },
  {
    name: 'a node whose lease has ended learns it from its next renewal, also if it has claimed an id before',
    async run(subject) {
      const hands = new EngineClient(subject);
      await hands.keep(HERE);
      await hands.claim(peer('ann', HERE));
      await subject.elapse(LEASE);
      expect((await hands.claim({ ...peer('ann', THERE), token: new Token('his') }))[0]).toBe('granted');
      await hands.claim(peer('bob', HERE));
      expect(await hands.keep(HERE)).toBe('lapsed');
      expect(await hands.keep(HERE)).toBe('kept');
    },
  },
  {
    name: 'O5: a node whose lease has ended is notified, too, when its claim moves',
    async run(subject, patience) {
      const hands = new EngineClient(subject);
      const first = peer('ann', HERE, 7);
      await hands.claim(first);
      await subject.elapse(LEASE);
      await hands.claim({ ...peer('ann', THERE), token: new Token('his') });
      const superseded = { type: 'superseded', realm: GREEN, id: 'ann', connection: first.connection };
      expect(await hands.words(HERE, patience)).toEqual([superseded]);
    },
  },
  {
    name: 'H4: those are present whose node has a lease',
    async run(subject) {
      const hands = new EngineClient(subject);
      await hands.claim(peer('ann', HERE));
      await hands.claim(peer('bob', THERE));
      expect([...(await hands.present())].sort()).toEqual(['ann', 'bob']);
      await subject.elapse(LEASE / 2);
      await hands.keep(THERE);
      await subject.elapse(LEASE / 2);
      expect(await hands.present(THERE)).toEqual(['bob']);
    },
  },
  {
    name: 'O6: a realm is full for all nodes at once; who held an id keeps it, and the dead make room',
    needsCount: true,
    async run(subject) {
      const hands = new EngineClient(subject);
      for (const id of ['ann', 'bob', 'cem']) expect((await hands.claim(peer(id, HERE)))[0]).toBe('granted');
      expect((await hands.claim(peer('eve', THERE)))[0]).toBe('full');
      expect((await hands.claim(peer('ann', THERE)))[0]).toBe('granted');
      await subject.elapse(LEASE);
      expect((await hands.claim(peer('eve', THERE)))[0]).toBe('granted');
    },
  },
  {
    name: 'O11: the node at which a peer is seated hears that something waits for it, its own node too, and no other',
    async run(subject, patience) {
      const hands = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await hands.claim(one);
      expect(subject.node(FAR).words).toEqual([]);
      expect(await hands.put(ann, letter('ann', 'nobody', '0'))).toBe('held');
      expect(await hands.put(ann, letter('ann', 'bob', '1'))).toBe('held');
      expect(await hands.put(ann, letter('ann', 'ann', '2'))).toBe('held');
      await hands.take(ann);
      expect(await hands.words(THERE, patience)).toEqual([{ type: 'mail', realm: GREEN, id: 'bob' }]);
      expect(await hands.words(HERE, patience)).toEqual([{ type: 'mail', realm: GREEN, id: 'ann' }]);
      expect(subject.node(FAR).words).toEqual([]);
      expect([...(await hands.waiting())].sort()).toEqual(['bob', 'nobody']);
    },
  },
  {
    name: 'O5: the node whose claim has moved hears whose it was',
    async run(subject, patience) {
      const hands = new EngineClient(subject);
      const first = peer('ann', HERE, 7);
      await hands.claim(first);
      expect(subject.node(HERE).words).toEqual([]);
      await hands.claim(peer('ann', THERE));
      expect(await hands.words(HERE, patience)).toEqual([
        { type: 'superseded', realm: GREEN, id: 'ann', connection: first.connection },
      ]);
      expect(subject.node(THERE).words).toEqual([]);
    },
  },
  {
    name: 'O5, M17: of a sender that has moved, or is gone, nothing is kept that comes from where it was',
    async run(subject) {
      const hands = new EngineClient(subject);
      const ann = peer('ann', HERE);
      await hands.claim(ann);
      await hands.claim(peer('ann', THERE));
      expect(await hands.put(ann, letter('ann', 'bob', 'late'))).toBe('moved');
      expect(await hands.put(peer('eve', HERE), letter('eve', 'bob', 'never in'))).toBe('moved');
      expect(await hands.put(peer('ann', THERE), letter('ann', 'bob', 'new'))).toBe('held');
      expect((await hands.take(peer('bob', HERE))).payloads).toEqual(['new']);
    },
  },
  {
    name: 'M13: a sender whose lease has ended is heard all the same, while nobody else has its id',
    async run(subject) {
      const hands = new EngineClient(subject);
      const ann = peer('ann', HERE);
      await hands.claim(ann);
      await subject.elapse(LEASE);
      expect(await hands.put(ann, letter('ann', 'bob', 'late'))).toBe('held');
      await hands.claim({ ...peer('ann', THERE), token: new Token('his') });
      expect(await hands.put(ann, letter('ann', 'bob', 'too late'))).toBe('moved');
    },
  },
  {
    name: 'O5, O11: a connection that has lost its claim takes nothing, and learns that its claim has moved',
    async run(subject) {
      const hands = new EngineClient(subject);
      const [ann, old, young] = [peer('ann', HERE), peer('bob', HERE, 2), peer('bob', THERE)];
      for (const one of [ann, old, young]) await hands.claim(one);
      await hands.put(ann, letter('ann', 'bob', '1'));
      expect(await hands.take(old)).toMatchObject({ payloads: [], claim: 'moved' });
      expect(await hands.take(young)).toMatchObject({ payloads: ['1'], claim: 'held' });
    },
  },
  {
    name: 'M17: who takes hears whom something of its own still waits for',
    async run(subject) {
      const hands = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await hands.claim(one);
      await hands.put(ann, letter('ann', 'bob', '1'));
      expect((await hands.take(ann)).unread).toEqual(['bob']);
      await hands.take(bob);
      expect((await hands.take(ann)).unread).toEqual([]);
    },
  },
  {
    name: 'M6: what is not worth waiting for is kept only for who is there; of the broker itself, too',
    async run(subject) {
      const hands = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await hands.claim(one);
      expect(await hands.put(ann, letter('ann', 'nobody', '1', 'leave'))).toBe('unwanted');
      expect(await hands.put(ann, letter('ann', 'bob', '2', 'leave'))).toBe('held');
      expect(await hands.put(undefined, { ...letter('eve', 'bob', ''), kind: 'expire', payload: undefined })).toBe('held');
      expect((await hands.take(bob)).payloads).toEqual(['2', 'expire']);
    },
  },
  {
    name: 'M13: more waits for a peer that is connected to another node than for one that is absent',
    async run(subject) {
      const hands = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await hands.claim(one);
      const all = Array.from({ length: ROOMY.mailboxMessages + 1 }, (_, n) => String(n));
      const put = (to: string): Promise<HoldOutcome[]> => Promise.all(all.map((text) => hands.put(ann, letter('ann', to, text))));
      expect((await put('nobody')).at(-1)).toBe('full');
      expect(new Set(await put('bob'))).toEqual(new Set(['held']));
      expect((await hands.take(bob)).payloads).toEqual(all);
    },
  },
  {
    name: 'M14: what the broker has to say waits for a peer whose node has no lease any more, and for no absent one',
    async run(subject) {
      const hands = new EngineClient(subject);
      const ann = peer('ann', HERE);
      await hands.claim(ann);
      await subject.elapse(LEASE);
      const notice = (to: string): SignalMessage => ({ ...letter('bob', to, ''), kind: 'expire', payload: undefined });
      expect(await hands.put(undefined, notice('ann'))).toBe('held');
      expect(await hands.put(undefined, notice('nobody'))).toBe('unwanted');
      expect((await hands.take(ann)).payloads).toEqual(['expire']);
    },
  },
];
