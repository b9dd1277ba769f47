import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import { MAX_UNSETTLED, MAX_UNSETTLED_BYTES, UnsettledMessages } from '../../../src/domain/unsettled-messages.ts';

function message(n: number, bytes = 1): SignalMessage {
  return { kind: 'offer', from: 'ann' as PeerId, to: `bob ${n}` as PeerId, payload: new Uint8Array(bytes) };
}

describe('UnsettledMessages', () => {
  it('finds the messages of a lane that its receiver has not handled', () => {
    const all = new UnsettledMessages<string>();
    for (const [n, lane] of ['one', 'two', 'one', 'one'].entries()) all.add(lane, n + 1, message(n));
    all.settle(1);
    expect(all.undelivered('one', 3).map(({ to }) => to)).toEqual(['bob 3']);
    expect(all.size).toBe(3);
  });

  it('is full with the allowed number of messages, or of bytes, until some are settled', () => {
    const [many, large] = [new UnsettledMessages<string>(), new UnsettledMessages<string>()];
    for (let n = 1; n <= MAX_UNSETTLED; n++) many.add('lane', n, message(n));
    large.add('lane', 1, message(1, MAX_UNSETTLED_BYTES));
    expect([many.isFull, large.isFull]).toEqual([true, true]);
    for (const all of [many, large]) all.settle(1);
    expect([many.isFull, large.isFull]).toEqual([false, false]);
  });

  it('keeps copies of small, large and missing payloads', () => {
    const all = new UnsettledMessages<string>();
    const sizes = [0, 1, 700, 8 * 1024, 8 * 1024 + 1, 70_000, 60_000, 5];
    for (const [n, size] of sizes.entries()) {
      const payload = new Uint8Array(size).fill(n + 1);
      all.add('lane', n + 1, { ...message(n), payload });
      payload.fill(0);
    }
    all.add('lane', sizes.length + 1, { ...message(0), payload: undefined });
    const kept = all.undelivered('lane', 0).map(({ payload }) => payload);
    expect(kept.map((payload) => payload?.length)).toEqual([...sizes, undefined]);
    expect(kept.every((payload, n) => payload?.every((byte) => byte === n + 1) ?? n === sizes.length)).toBe(true);
  });

  it('keeps exactly the messages after the settled ones, in order', () => {
    const counts = fc.array(fc.record({ added: fc.nat({ max: 5 }), settled: fc.nat({ max: 60 }) }), { maxLength: 20 });
    fc.assert(
      fc.property(counts, (rounds) => {
        const all = new UnsettledMessages<string>();
        let [added, settled] = [0, 0];
        for (const round of rounds) {
          for (let n = 0; n < round.added; n++) all.add('lane', ++added, message(added));
          // A count that was reported twice, or that is too large, changes nothing more.
          settled = Math.max(settled, Math.min(round.settled, added));
          all.settle(round.settled);
          const left = Array.from({ length: added - settled }, (_, n) => `bob ${settled + n + 1}`);
          expect([...all.all()].map(([, { to }]) => to)).toEqual(left);
        }
      }),
    );
  });
});
