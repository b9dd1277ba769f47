import { describe, expect, it } from 'vitest';
import { FrameMemory } from '../../../../../src/adapters/transports/node/frame-memory.ts';

const KIB = 1024;

describe('the memory of frames', () => {
  it('gives each frame of a turn memory of its own', () => {
    const memory = new FrameMemory();
    const lengths = Array.from({ length: 3_000 }, (_, number) => (number * 37) % 1_500);
    const frames = lengths.map((length, number) => memory.take(length).fill(number));
    expect(frames.map(({ length }) => length)).toEqual(lengths);
    for (const [number, frame] of frames.entries()) expect(frame.every((byte) => byte === (number & 0xff))).toBe(true);
  });

  it('is the same in the next turn, except blocks that are kept', () => {
    const memory = new FrameMemory();
    const turn = (): Buffer[] => [memory.take(4 * KIB), memory.take(4 * KIB), memory.take(4 * KIB)];
    const [first, second, third] = turn() as [Buffer, Buffer, Buffer];
    expect(second.buffer).toBe(first.buffer);
    memory.keep(third);
    memory.keep(Buffer.alloc(1));
    memory.reuse();
    const [again, , other] = turn() as [Buffer, Buffer, Buffer];
    expect([again.buffer === first.buffer, other.buffer === third.buffer]).toEqual([true, false]);
  });

  it('holds at most 1 MiB, and no large frame', () => {
    const memory = new FrameMemory();
    const all = (): Set<ArrayBufferLike> => new Set(Array.from({ length: 400 }, () => memory.take(4 * KIB).buffer));
    const [first] = [all(), memory.reuse()];
    // Other frames are in the pool of `Buffer`, which has 64 KiB on Node 24.
    const kept = [...all()].filter((buffer) => buffer.byteLength === 8 * KIB && first.has(buffer));
    expect(kept.length).toBe(128);
    expect(memory.take(4 * KIB + 1).byteLength).toBe(4 * KIB + 1);
  });
});
