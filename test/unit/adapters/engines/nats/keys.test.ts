import { describe, expect, it } from 'vitest';
import {
  bagKey,
  bucketOf,
  leaseKey,
  placeOf,
  seatKey,
  takenKey,
  tickKey,
  ticketOf,
} from '../../../../../src/adapters/engines/nats/keys.ts';
import { nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';

const ODD = ['ann', 'a.b', 'a b', '*', '>', 'é', '😀'.repeat(128)] as PeerId[];
const KEY = /^[-/=.\w]+$/;

describe('places in a journal', () => {
  it('are told apart by their keys, whatever the id is', () => {
    for (const id of ODD) {
      const [author, ticket] = [nodeId(id), ticketOf(nodeId(id), 7)];
      expect(placeOf(seatKey(id))).toEqual({ of: 'seat', id });
      expect(placeOf(takenKey(id, author))).toEqual({ of: 'taken', id });
      expect(placeOf(bagKey(ticket))).toEqual({ of: 'bag', ticket, author });
      expect(placeOf(leaseKey(nodeId(id)))).toEqual({ of: 'lease', node: id });
      for (const key of [seatKey(id), takenKey(id, author), bagKey(ticket), leaseKey(author), tickKey(author)]) {
        expect(key).toMatch(KEY);
      }
    }
    expect(placeOf(tickKey(nodeId('here')))).toEqual({ of: 'tick' });
  });

  it.each(['', 'seat', 'bag', 'other.YQ', 'lease'])('%j is none', (key) => expect(placeOf(key)).toBeUndefined());

  it('no two tickets are one', () => {
    const tickets = ['ab', 'ab=c', 'ab=1'].flatMap((node) => [1, 11].map((count) => ticketOf(nodeId(node), count)));
    expect(new Set(tickets).size).toBe(tickets.length);
  });

  it('O2: no two realms have one bucket', () => {
    const realms = ['peerjs', 'a b', 'a-b', 'a_b', '_cGVlcmpz', 'cGVlcmpz', ''].map(realmKey);
    expect(new Set(realms.map(bucketOf)).size).toBe(realms.length);
    for (const realm of realms) expect(bucketOf(realm)).toMatch(/^[-\w]+$/);
  });
});
