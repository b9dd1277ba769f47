import { describe, expect, it } from 'vitest';
import { echoed, type PeerId } from '../../../src/domain/ids.ts';
import { copyMessage, heldMessageBytes, needsDelivery, notice, type SignalMessage } from '../../../src/domain/message.ts';

const [ann, bob]: PeerId[] = [echoed('ann'), echoed('bob')] as [PeerId, PeerId];
const offer = (payload?: Uint8Array): SignalMessage => ({ kind: 'offer', from: ann, to: bob, payload });

describe('messages', () => {
  it.each([Uint8Array.of(1, 2), Buffer.from([1, 2])])('M13: copies the payload', (borrowed) => {
    const kept = copyMessage(offer(borrowed));
    borrowed.fill(9);
    expect(kept).toMatchObject({ kind: 'offer', from: 'ann', to: 'bob' });
    expect([...(kept.payload ?? [])]).toEqual([1, 2]);
  });

  it('M13: returns a message without payload unchanged', () => {
    const message = offer();
    expect(copyMessage(message)).toBe(message);
  });

  it('M13: counts the payload, the ids in bytes, and the objects around them', () => {
    expect(heldMessageBytes(offer(new Uint8Array(100))) - heldMessageBytes(offer())).toBe(100);
    expect(heldMessageBytes({ ...offer(), to: echoed('字'.repeat(100)) }) - heldMessageBytes(offer())).toBeGreaterThan(190);
  });

  it('M14, M16: the sender of a notice is the absent peer', () => {
    expect(notice('expire', bob, ann)).toEqual({
      kind: 'expire',
      from: 'bob',
      to: 'ann',
      payload: undefined,
    });
  });

  it('M6: LEAVE and EXPIRE need no delivery', () => {
    expect((['offer', 'answer', 'candidate', 'leave', 'expire'] as const).map(needsDelivery)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
