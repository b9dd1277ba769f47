import { describe, expect, it } from 'vitest';
import { ReusedBytes } from '../../../src/domain/reused-bytes.ts';

const LARGE = 100_000;
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe('ReusedBytes', () => {
  it('B1: uses released memory again, for bytes of a similar size', () => {
    const memory = new ReusedBytes();
    const first = memory.copy(filled(LARGE, 1));
    expect(memory.copy(filled(LARGE, 2)).buffer).not.toBe(first.buffer);
    memory.release(first);
    const again = memory.copy(filled(LARGE - 100, 3));
    expect([again.buffer === first.buffer, again.length, again.every((byte) => byte === 3)]).toEqual([true, LARGE - 100, true]);
    expect(memory.copy(filled(LARGE, 4)).buffer).not.toBe(again.buffer);
  });

  it('B1: takes at most an eighth more memory than the bytes', () => {
    const memory = new ReusedBytes();
    for (let length = 65_536; length < 3_000_000; length = Math.ceil(length * 1.03)) {
      const size = memory.take(length).buffer.byteLength;
      expect([size, size >= length, size <= length * 1.125]).toEqual([ReusedBytes.sizeFor(length), true, true]);
    }
  });

  it('B1: keeps at most 4 MiB of free memory', () => {
    const memory = new ReusedBytes();
    const all = Array.from({ length: 6 }, () => memory.take(2 ** 20));
    for (const bytes of all) memory.release(bytes);
    const known = new Set(all.map(({ buffer }) => buffer));
    const taken = Array.from({ length: 6 }, () => memory.take(2 ** 20));
    expect(taken.filter(({ buffer }) => known.has(buffer))).toHaveLength(4);
  });

  it('ignores small bytes, and parts of other memory', () => {
    const memory = new ReusedBytes();
    const [small, part] = [filled(10, 1), filled(2 ** 20, 1).subarray(1)];
    memory.release(small);
    memory.release(part);
    expect([memory.copy(small).buffer === small.buffer, memory.take(2 ** 20).buffer === part.buffer]).toEqual([false, false]);
  });

  it('throws when memory is released twice, because two users would share it', () => {
    const memory = new ReusedBytes();
    const bytes = memory.take(LARGE);
    memory.release(bytes);
    expect(() => void memory.release(bytes)).toThrow('memory is released once');
  });
});
