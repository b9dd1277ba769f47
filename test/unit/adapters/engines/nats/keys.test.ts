import { describe, expect, it } from 'vitest';
import {
  bucketOf,
  countIn,
  leaseKey,
  letterKey,
  placeOf,
  seatKey,
  tickKey,
  ticketOf,
} from '../../../../../src/adapters/engines/nats/keys.ts';
import { nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';

const ODD = ['ann', 'a.b', 'a b', '*', '>', 'é', '😀'.repeat(128)] as PeerId[];
const KEY = /^[-/=.\w]+$/;

describe('places in a journal', () => {
  it('are told apart by their keys, whatever the id is', () => {
    for (const id of ODD) {
      const ticket = ticketOf(nodeId('host.example-1'), 7);
      expect(placeOf(seatKey(id))).toEqual({ of: 'seat', id });
      expect(placeOf(letterKey(id, ticket))).toEqual({ of: 'letter', to: id, ticket });
      expect(placeOf(leaseKey(nodeId(id)))).toEqual({ of: 'lease', node: id });
      for (const key of [seatKey(id), letterKey(id, ticket), leaseKey(nodeId(id)), tickKey(nodeId(id))]) expect(key).toMatch(KEY);
    }
    expect(placeOf(tickKey(nodeId('here')))).toEqual({ of: 'tick' });
  });

  it.each(['', 'seat', 'letter.YQ', 'other.YQ', 'lease'])('%j is none', (key) => expect(placeOf(key)).toBeUndefined());

  it('a ticket is known by the node that made it, and by no other', () => {
    const [here, there] = ['ab', 'ab=c'].map(nodeId) as [ReturnType<typeof nodeId>, ReturnType<typeof nodeId>];
    expect([countIn(here, ticketOf(here, 12)), countIn(there, ticketOf(there, 3))]).toEqual([12, 3]);
    expect([countIn(here, ticketOf(there, 1)), countIn(there, ticketOf(here, 1))]).toEqual([undefined, undefined]);
  });

  it('O2: no two realms have one bucket', () => {
    const realms = ['peerjs', 'a b', 'a-b', 'a_b', '_cGVlcmpz', 'cGVlcmpz', ''].map(realmKey);
    expect(new Set(realms.map(bucketOf)).size).toBe(realms.length);
    for (const realm of realms) expect(bucketOf(realm)).toMatch(/^[-\w]+$/);
  });
});
