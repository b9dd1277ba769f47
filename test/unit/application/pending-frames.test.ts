import { describe, expect, it } from 'vitest';
import { PendingFrames } from '../../../src/application/pending-frames.ts';
import { connectionId } from '../../../src/domain/ids.ts';

const [ANN, BOB] = [connectionId(1, 0), connectionId(2, 0)];
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
/** The cost of a frame in addition to its bytes. */
const OVERHEAD = 280;

describe('PendingFrames', () => {
  it('O14: returns copies of the frames once, in order of arrival', () => {
    const pending = new PendingFrames(10_000, 10_000);
    const borrowed = text('one');
    pending.add(ANN, borrowed, false);
    pending.add(BOB, text('other'), false);
    pending.add(ANN, text('two'), true);
    borrowed.fill(0);
    expect(pending.connections()).toEqual([ANN, BOB]);
    const taken = pending.take(ANN);
    expect(taken.map(({ bytes, isBinary }) => [new TextDecoder().decode(bytes), isBinary])).toEqual([
      ['one', false],
      ['two', true],
    ]);
    expect([pending.take(ANN), pending.has(ANN), pending.has(BOB)]).toEqual([[], false, true]);
  });

  it('O14, promise 5: limits the bytes of each connection, except for the first frame', () => {
    const pending = new PendingFrames(1_000, 10_000);
    expect(pending.add(ANN, new Uint8Array(5_000), false)).toBe(true);
    expect(pending.add(ANN, text('more'), false)).toBe(false);
    expect(pending.add(BOB, text('one'), false)).toBe(true);
  });

  it('O14, promise 5: limits the bytes of all connections, including the overhead of each frame', () => {
    const pending = new PendingFrames(10_000, 2 * OVERHEAD);
    expect([pending.add(ANN, text(''), false), pending.add(BOB, text(''), false)]).toEqual([true, true]);
    expect(pending.bytes).toBe(2 * OVERHEAD);
    expect(pending.add(BOB, text(''), false)).toBe(false);
    pending.take(ANN);
    expect(pending.add(BOB, text(''), false)).toBe(true);
  });
});
