import { describe, expect, it } from 'vitest';
import { GrowingBytes } from '../../../../../src/adapters/dialects/shared/growing-bytes.ts';

describe('GrowingBytes', () => {
  it('W1: has a memory of at most twice its bytes, and at most the limit', () => {
    const growing = new GrowingBytes();
    for (let n = 1; n <= 3_000; n++) {
      growing.append(Uint8Array.of(n), 3_000);
      expect(growing.size).toBeLessThanOrEqual(Math.min(3_000, Math.max(64, 2 * n)));
    }
    expect([growing.length, growing.size]).toEqual([3_000, 3_000]);
    expect(growing.take()).toEqual(Uint8Array.from({ length: 3_000 }, (_, n) => n + 1));
    expect([growing.length, growing.size]).toEqual([0, 0]);
  });
});
