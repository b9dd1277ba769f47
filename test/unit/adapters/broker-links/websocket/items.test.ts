import { describe, expect, it } from 'vitest';
import { decodeItem, encodeItem } from '../../../../../src/adapters/broker-links/websocket/items.ts';

describe('the items of links', () => {
  it('have a fixed wire format', () => {
    const message = { type: 'message', lane: 258, kind: 'answer', payload: Uint8Array.of(7, 8) } as const;
    expect([...encodeItem(message)]).toEqual([2, 0, 0, 1, 2, 0x81, 7, 8]);
    expect([...encodeItem({ ...message, kind: 'leave', payload: undefined })]).toEqual([2, 0, 0, 1, 2, 3]);
    expect([...encodeItem({ type: 'closed', lane: 1, delivered: 2 })]).toEqual([6, 0, 0, 0, 1, 0x40, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('grow with the largest message', () => {
    const payload = new Uint8Array(1_000_000).fill(5);
    const item = decodeItem(encodeItem({ type: 'message', lane: 1, kind: 'offer', payload }));
    expect(item?.type === 'message' && Buffer.from(item.payload ?? []).equals(payload)).toBe(true);
  });

  const open = (fields: unknown): number[] => [1, ...Buffer.from(JSON.stringify(fields))];
  const ids = { realm: 'a', from: 'b', to: 'c', owner: 'd' };
  it.each([
    ...[[], [0], [9], [2, 0, 0, 0, 1], [2, 0, 0, 0, 1, 9], [3, 0, 0, 0], [3, 0, 0, 0, 1, 0], [4, 0], [6, 0, 0, 0, 1], [7, 1]],
    ...[[1], open(null), open({ ...ids, lane: 1.5 }), open({ ...ids, lane: 1, to: 7 }), open({ lane: 1 }), [1, 0xff]],
  ])('are not %j', (...bytes) => expect(decodeItem(Uint8Array.from(bytes))).toBeUndefined());
});
