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

describe('keys of a journal', () => {
  it('are unambiguous for any id', () => {
    for (const id of ODD) {
      const [author, messageId] = [nodeId(id), messageIdOf(nodeId(id), 7)];
      expect(parseKey(claimKey(id))).toEqual({ kind: 'claim', id });
      expect(parseKey(removalKey(id, author))).toEqual({ kind: 'removal', id });
      expect(parseKey(batchKey(messageId))).toEqual({ kind: 'batch', messageId, author });
      expect(parseKey(leaseKey(nodeId(id)))).toEqual({ kind: 'lease', node: id });
      for (const key of [claimKey(id), removalKey(id, author), batchKey(messageId), leaseKey(author), tickKey(author)]) {
        expect(key).toMatch(KEY);
      }
    }
    expect(parseKey(tickKey(nodeId('here')))).toEqual({ kind: 'tick' });
  });

  it.each(['', 'seat', 'bag', 'other.YQ', 'lease'])('%j is not a key', (key) => expect(parseKey(key)).toBeUndefined());

  it('have unique message ids', () => {
    const messageIds = ['ab', 'ab=c', 'ab=1'].flatMap((node) => [1, 11].map((count) => messageIdOf(nodeId(node), count)));
    expect(new Set(messageIds).size).toBe(messageIds.length);
  });

  it('O2: have a separate bucket for each realm', () => {
    const realms = ['peerjs', 'a b', 'a-b', 'a_b', '_cGVlcmpz', 'cGVlcmpz', ''].map(realmKey);
    expect(new Set(realms.map(bucketOf)).size).toBe(realms.length);
    for (const realm of realms) expect(bucketOf(realm)).toMatch(/^[-\w]+$/);
  });
});
