import { describe, expect, it } from 'vitest';
import { FrameQueue, type FrameKind } from '../../../../../src/adapters/transports/shared/frame-queue.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Removes all frames. */
function taken(queue: FrameQueue): [text: string, kind: FrameKind][] {
  const frames: [string, FrameKind][] = [];
  for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
    frames.push([Buffer.from(frame.bytes).toString(), frame.kind]);
  }
  return frames;
}

describe('a queue of frames', () => {
  it('returns copies in order, with their kinds', () => {
    const queue = new FrameQueue();
    const lent = bytes('a');
    queue.push(lent, 'text');
    lent.fill(33);
    queue.push(bytes(''), 'control');
    queue.push(bytes('b'), 'binary');
    expect([queue.length, queue.bytes, queue.nextBytes]).toEqual([3, 2, 1]);
    expect(taken(queue)).toEqual([
      ['a', 'text'],
      ['', 'control'],
      ['b', 'binary'],
    ]);
    expect([queue.length, queue.bytes, queue.nextBytes]).toEqual([0, 0, undefined]);
  });

  it('frames of any size pass unchanged, also while others are added', () => {
    const queue = new FrameQueue();
    const sizes = Array.from({ length: 400 }, (_, n) => (n % 50 === 0 ? 100_000 + n : (n * 37) % 700));
    const texts = sizes.map((size, n) => String(n).padEnd(size, 'x'));
    const received: string[] = [];
    for (const [n, text] of texts.entries()) {
      queue.push(bytes(text), 'text');
      if (n % 3 === 0) received.push(Buffer.from(queue.shift()?.bytes ?? []).toString());
    }
    received.push(...taken(queue).map(([text]) => text));
    expect(received.map((text, n) => text === texts[n])).not.toContain(false);
  });

  it('the bytes of a frame stay valid after later frames', () => {
    const queue = new FrameQueue();
    queue.push(bytes('first'), 'text');
    const first = queue.shift();
    for (let n = 0; n < 500; n++) queue.push(bytes('later'), 'text');
    expect(Buffer.from(first?.bytes ?? []).toString()).toBe('first');
  });
});
