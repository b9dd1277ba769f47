import { expect } from '../expect.ts';
import type { Claim } from '../../application/ports/peer-directory.ts';
import { Token } from '../../domain/token.ts';
import { LEASE, type Clause, HERE, THERE, FAR, GREEN, EngineClient, peer } from './fixture.ts';

/** Promises of the claims in an engine: leases, moves to another node, and the loss of all data. */
export const CLAIM_CLAUSES: readonly Clause[] = [
  {
    name: 'O5: a granted claim returns the previous owner and its node',
    async run(subject) {
      const client = new EngineClient(subject);
      const first = peer('ann', HERE, 7);
      expect(await client.claim(first)).toEqual(['granted', undefined]);
      expect(await client.claim(peer('ann', THERE))).toEqual(['granted', { node: HERE, connection: first.connection }]);
      await subject.elapse(LEASE);
      expect(await client.claim(peer('ann', HERE))).toEqual(['granted', undefined]);
    },
  },
  {
    name: 'a claim is confirmed to the connection that owns it, with or without a valid lease, and to no other',
    async run(subject) {
      const client = new EngineClient(subject);
      await client.claim(peer('ann', HERE));
      expect(await client.confirm(peer('ann', HERE))).toBe('held');
      await subject.elapse(LEASE);
      expect(await client.confirm(peer('ann', HERE))).toBe('held');
      expect(await client.confirm(peer('ann', HERE, 2))).toBe('lost');
      await client.claim(peer('ann', THERE));
      expect(await client.confirm(peer('ann', HERE))).toBe('lost');
    },
  },
  {
    name: 'a free claim is confirmed as lost, unless the directory may have lost its data',
    async run(subject) {
      const client = new EngineClient(subject);
      await client.keep(HERE);
      expect(await client.confirm(peer('ann', HERE))).toBe('lost');
      expect(await client.confirm(peer('ann', HERE), true)).toBe('held');
      expect(await client.claim({ ...peer('ann', THERE), token: new Token('his') })).toEqual(['taken', undefined]);
    },
  },
  {
    name: 'O5: of two connections that claim an id again after a loss of the data, the one with the later claim owns it',
    async run(subject, timeout) {
      const client = new EngineClient(subject);
      for (const node of [HERE, THERE]) await client.keep(node);
      const earlier = await client.claimed(peer('ann', HERE, 7));
      const later = await client.claimed(peer('ann', THERE, 8));
      client.release(later);
      expect(await client.confirm(later)).toBe('lost');
      expect(await client.confirm(earlier, true)).toBe('held');
      expect(await client.confirm(later, true)).toBe('held');
      expect(await client.confirm(earlier, true)).toBe('lost');
      expect(await client.messages(HERE, timeout)).toContainEqual({
        ...{ type: 'superseded', realm: GREEN, id: 'ann', connection: earlier.connection },
      });
      expect((await client.claim({ ...peer('ann', FAR), token: new Token('his') }))[0]).toBe('taken');
    },
  },
  {
    name: 'O5: an id that was claimed and released after a loss of the data does not return to a claim from before',
    async run(subject) {
      const client = new EngineClient(subject);
      const before: Claim = { ...peer('ann', HERE, 7), claimNumber: { era: 'before', count: 1 } };
      const after = await client.claimed(peer('ann', THERE));
      client.release(after);
      expect(await client.confirm(after)).toBe('lost');
      expect(await client.confirm(before, true)).toBe('lost');
      expect(await client.confirm({ ...before, id: peer('bob', HERE).id }, true)).toBe('held');
    },
  },
  {
    name: 'O4: a new claim is not lost to a connection that claims the id again after a loss of the data',
    async run(subject) {
      const client = new EngineClient(subject);
      const earlier = await client.claimed(peer('ann', HERE, 7));
      client.release(earlier);
      expect(await client.confirm(earlier)).toBe('lost');
      await client.claim({ ...peer('ann', THERE), token: new Token('his') });
      expect(await client.confirm(earlier, true)).toBe('lost');
      expect(await client.confirm({ ...earlier, claimNumber: { era: 'another', count: 1_000_000 } }, true)).toBe('lost');
    },
  },
  {
    name: 'a renewal is unknown at first, then kept, and lapsed after the end of the lease',
    async run(subject) {
      const client = new EngineClient(subject);
      expect(await client.keep(HERE)).toBe('unknown');
      expect(await client.keep(HERE)).toBe('kept');
      await subject.elapse(LEASE);
      expect(await client.keep(HERE)).toBe('lapsed');
      expect(await client.keep(HERE)).toBe('kept');
    },
  },
  {
    name: 'the first renewal is unknown, also if the node has claimed an id before, because older claims may be lost',
    async run(subject) {
      const client = new EngineClient(subject);
      await client.claim(peer('ann', HERE));
      expect(await client.keep(HERE)).toBe('unknown');
      expect(await client.keep(HERE)).toBe('kept');
    },
  },
  {
    name: 'a renewal after the end of the lease is lapsed, also if the node has claimed an id meanwhile',
    async run(subject) {
      const client = new EngineClient(subject);
      await client.keep(HERE);
      await client.claim(peer('ann', HERE));
      await subject.elapse(LEASE);
      expect((await client.claim({ ...peer('ann', THERE), token: new Token('his') }))[0]).toBe('granted');
      await client.claim(peer('bob', HERE));
      expect(await client.keep(HERE)).toBe('lapsed');
      expect(await client.keep(HERE)).toBe('kept');
    },
  },
  {
    name: 'O5: a renewal returns the claims that moved to another node during the lease, once',
    async run(subject) {
      const client = new EngineClient(subject);
      for (const node of [HERE, THERE]) await client.keep(node);
      for (const id of ['ann', 'bob']) await client.claim(peer(id, HERE, 7));
      await client.claim(peer('ann', THERE, 8));
      await client.claim(peer('bob', HERE, 9));
      await client.present(HERE);
      expect(await client.superseded(THERE)).toEqual([]);
      expect(await client.superseded(HERE)).toEqual([{ realm: GREEN, id: 'ann', connection: peer('ann', HERE, 7).connection }]);
      expect(await client.superseded(HERE)).toEqual([]);
    },
  },
  {
    name: 'O5: a node without a valid lease is notified when its claim moves',
    async run(subject, timeout) {
      const client = new EngineClient(subject);
      const first = peer('ann', HERE, 7);
      await client.claim(first);
      await subject.elapse(LEASE);
      await client.claim({ ...peer('ann', THERE), token: new Token('his') });
      const superseded = { type: 'superseded', realm: GREEN, id: 'ann', connection: first.connection };
      expect(await client.messages(HERE, timeout)).toEqual([superseded]);
    },
  },
  {
    name: 'H4: lists the peers of nodes with a valid lease',
    async run(subject) {
      const client = new EngineClient(subject);
      await client.claim(peer('ann', HERE));
      await client.claim(peer('bob', THERE));
      expect([...(await client.present())].sort()).toEqual(['ann', 'bob']);
      await subject.elapse(LEASE / 2);
      await client.keep(THERE);
      await subject.elapse(LEASE / 2);
      expect(await client.present(THERE)).toEqual(['bob']);
    },
  },
  {
    name: 'O6: a full realm is full at all nodes; an owner keeps its id, and claims of dead nodes do not count',
    needsCount: true,
    async run(subject) {
      const client = new EngineClient(subject);
      for (const id of ['ann', 'bob', 'cem']) expect((await client.claim(peer(id, HERE)))[0]).toBe('granted');
      expect((await client.claim(peer('eve', THERE)))[0]).toBe('full');
      expect(await Promise.all([client.check(peer('eve', THERE)), client.check(peer('ann', THERE))])).toEqual([
        'full',
        'granted',
      ]);
      expect((await client.claim(peer('ann', THERE)))[0]).toBe('granted');
      await subject.elapse(LEASE);
      expect((await client.claim(peer('eve', THERE)))[0]).toBe('granted');
    },
  },
];
