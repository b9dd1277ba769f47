import { expect } from '../expect.ts';
import type { HoldOutcome } from '../../application/ports/mailbox-store.ts';
import type { SignalMessage } from '../../domain/message.ts';
import { Token } from '../../domain/token.ts';
import { until } from '../until.ts';
import { ROOMY } from '../mailboxes/fixture.ts';
import { CLAIM_CLAUSES } from './claim-clauses.ts';
import { LEASE, type Clause, HERE, THERE, FAR, PATIENCE_MS, GREEN, EngineClient, peer, messageOf } from './fixture.ts';

/** Promises across directory and mailboxes, so that a peer can move to another node. */
export const SHARED_CLAUSES: readonly Clause[] = [
  ...CLAIM_CLAUSES,
  {
    name: 'O11: a message notifies the node of the addressee, also if that is the same node, and no other',
    async run(subject, timeout) {
      const client = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await client.claim(one);
      expect(subject.node(FAR).messages).toEqual([]);
      expect(await client.put(ann, messageOf('ann', 'nobody', '0'))).toBe('held');
      expect(await client.put(ann, messageOf('ann', 'bob', '1'))).toBe('held');
      expect(await client.put(ann, messageOf('ann', 'ann', '2'))).toBe('held');
      await client.take(ann);
      expect(await client.messages(THERE, timeout)).toEqual([{ type: 'mail', realm: GREEN, id: 'bob' }]);
      expect(await client.messages(HERE, timeout)).toEqual([{ type: 'mail', realm: GREEN, id: 'ann' }]);
      expect(subject.node(FAR).messages).toEqual([]);
      expect([...(await client.waiting())].sort()).toEqual(['bob', 'nobody']);
    },
  },
  {
    name: 'O5: the node whose claim has moved is notified with the connection',
    async run(subject, timeout) {
      const client = new EngineClient(subject);
      const first = peer('ann', HERE, 7);
      await client.claim(first);
      expect(subject.node(HERE).messages).toEqual([]);
      await client.claim(peer('ann', THERE));
      expect(await client.messages(HERE, timeout)).toEqual([
        { type: 'superseded', realm: GREEN, id: 'ann', connection: first.connection },
      ]);
      expect(subject.node(THERE).messages).toEqual([]);
    },
  },
  {
    name: 'O5, M17: a message of a sender that has moved or released its id is rejected',
    async run(subject) {
      const client = new EngineClient(subject);
      const ann = peer('ann', HERE);
      await client.claim(ann);
      await client.claim(peer('ann', THERE));
      expect(await client.put(ann, messageOf('ann', 'bob', 'late'))).toBe('moved');
      expect(await client.put(peer('eve', HERE), messageOf('eve', 'bob', 'never in'))).toBe('moved');
      expect(await client.put(peer('ann', THERE), messageOf('ann', 'bob', 'new'))).toBe('held');
      expect((await client.take(peer('bob', HERE))).payloads).toEqual(['new']);
    },
  },
  {
    name: 'M13: a message of a sender without a valid lease is accepted while its id has no other owner',
    async run(subject) {
      const client = new EngineClient(subject);
      const ann = peer('ann', HERE);
      await client.claim(ann);
      await subject.elapse(LEASE);
      expect(await client.put(ann, messageOf('ann', 'bob', 'late'))).toBe('held');
      await client.claim({ ...peer('ann', THERE), token: new Token('his') });
      expect(await client.put(ann, messageOf('ann', 'bob', 'too late'))).toBe('moved');
    },
  },
  {
    name: 'O5, O11: a connection that has lost its claim takes nothing, and the answer is moved',
    async run(subject) {
      const client = new EngineClient(subject);
      const [ann, old, young] = [peer('ann', HERE), peer('bob', HERE, 2), peer('bob', THERE)];
      for (const one of [ann, old, young]) await client.claim(one);
      await client.put(ann, messageOf('ann', 'bob', '1'));
      expect(await client.take(old)).toMatchObject({ payloads: [], claim: 'moved' });
      expect(await client.take(young)).toMatchObject({ payloads: ['1'], claim: 'held' });
    },
  },
  {
    name: 'O5: a take of an id that another connection had taken and released reports that the id is free',
    async run(subject) {
      const client = new EngineClient(subject);
      const [old, young] = [peer('bob', HERE, 2), peer('bob', THERE)];
      await client.claim(old);
      await client.claim(young);
      client.release(young);
      await client.present(THERE);
      expect(await client.take(old)).toMatchObject({ payloads: [], claim: 'free' });
    },
  },
  {
    name: 'M17: a take returns the addressees of waiting messages of the taker',
    async run(subject) {
      const client = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await client.claim(one);
      await client.put(ann, messageOf('ann', 'bob', '1'));
      expect((await client.take(ann)).unread).toEqual(['bob']);
      await client.take(bob);
      expect((await client.take(ann)).unread).toEqual([]);
    },
  },
  {
    name: 'M6: a message that does not matter, or a notice of the broker, is held only for a connected peer',
    async run(subject) {
      const client = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await client.claim(one);
      expect(await client.put(ann, messageOf('ann', 'nobody', '1', 'leave'))).toBe('unwanted');
      expect(await client.put(ann, messageOf('ann', 'bob', '2', 'leave'))).toBe('held');
      expect(await client.put(undefined, { ...messageOf('eve', 'bob', ''), kind: 'expire', payload: undefined })).toBe('held');
      expect((await client.take(bob)).payloads).toEqual(['2', 'expire']);
    },
  },
  {
    name: 'M13: the limit is higher for a peer connected to another node than for an absent peer',
    async run(subject) {
      const client = new EngineClient(subject);
      const [ann, bob] = [peer('ann', HERE), peer('bob', THERE)];
      for (const one of [ann, bob]) await client.claim(one);
      const all = Array.from({ length: ROOMY.mailboxMessages + 1 }, (_, n) => String(n));
      const put = (to: string): Promise<HoldOutcome[]> =>
        Promise.all(all.map((text) => client.put(ann, messageOf('ann', to, text))));
      expect((await put('nobody')).at(-1)).toBe('full');
      expect(new Set(await put('bob'))).toEqual(new Set(['held']));
      expect((await client.take(bob)).payloads).toEqual(all);
    },
  },
  {
    name: 'M14: a notice of the broker waits for a peer whose node has no valid lease, and for no absent peer',
    async run(subject) {
      const client = new EngineClient(subject);
      const ann = peer('ann', HERE);
      await client.claim(ann);
      await subject.elapse(LEASE);
      const notice = (to: string): SignalMessage => ({ ...messageOf('bob', to, ''), kind: 'expire', payload: undefined });
      expect(await client.put(undefined, notice('ann'))).toBe('held');
      expect(await client.put(undefined, notice('nobody'))).toBe('unwanted');
      expect((await client.take(ann)).payloads).toEqual(['expire']);
    },
  },
  {
    name: 'live nodes of another format version keep a node from using the engine, if they were first, until they have ended',
    needsVersions: true,
    async run(subject) {
      const client = new EngineClient(subject);
      const { versions } = subject;
      if (versions === undefined) throw new Error('the subject has no versions');
      const isForeign = (version: number | undefined): Promise<true> =>
        until(PATIENCE_MS, `the version ${version}`, async () => (await versions.foreignVersion(HERE)) === version || undefined);
      await isForeign(undefined);
      await client.keep(HERE);
      await versions.join(2);
      await isForeign(undefined);
      expect(await client.keep(HERE)).toBe('kept');
      await subject.elapse(LEASE);
      await versions.join(2);
      await isForeign(2);
      await subject.elapse(LEASE);
      await isForeign(undefined);
      expect(await client.keep(HERE)).toBe('lapsed');
    },
  },
];
