import { describe, expect, it } from 'vitest';
import {
  batchKey,
  bucketOf,
  leaseKey,
  parseKey,
  claimKey,
  removalKey,
  tickKey,
  messageIdOf,
} from '../../../../../src/adapters/engines/nats/keys.ts';
import { nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';

const ODD = ['ann', 'a.b', 'a b', '*', '>', 'é', '😀'.repeat(128)] as PeerId[];
const KEY = /^[-/=.\w]+$/;

describe('places in a journal', () => {
  it('are told apart by their keys, whatever the id is', () => {
    for (const id of ODD) {
      const [author, ticket] = [nodeId(id), messageIdOf(nodeId(id), 7)];
      expect(parseKey(claimKey(id))).toEqual({ of: 'seat', id });
      expect(parseKey(removalKey(id, author))).toEqual({ of: 'taken', id });
      expect(parseKey(batchKey(ticket))).toEqual({ of: 'bag', messageId: ticket, author });
      expect(parseKey(leaseKey(nodeId(id)))).toEqual({ of: 'lease', node: id });
      for (const key of [claimKey(id), removalKey(id, author), batchKey(ticket), leaseKey(author), tickKey(author)]) {
        expect(key).toMatch(KEY);
      }
    }
    expect(parseKey(tickKey(nodeId('here')))).toEqual({ of: 'tick' });
  });

  it.each(['', 'seat', 'bag', 'other.YQ', 'lease'])('%j is none', (key) => expect(parseKey(key)).toBeUndefined());

  it('no two tickets are one', () => {
    const tickets = ['ab', 'ab=c', 'ab=1'].flatMap((node) => [1, 11].map((count) => messageIdOf(nodeId(node), count)));
    expect(new Set(tickets).size).toBe(tickets.length);
  });

  it('O2: no two realms have one bucket', () => {
    const realms = ['peerjs', 'a b', 'a-b', 'a_b', '_cGVlcmpz', 'cGVlcmpz', ''].map(realmKey);
    expect(new Set(realms.map(bucketOf)).size).toBe(realms.length);
    for (const realm of realms) expect(bucketOf(realm)).toMatch(/^[-\w]+$/);
  });
});
