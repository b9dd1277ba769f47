import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/domain/sha-256.ts';

describe('sha256', () => {
  it('agrees with node:crypto', () => {
    const isSame = (bytes: Uint8Array): boolean => sha256(bytes) === createHash('sha256').update(bytes).digest('hex');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), isSame));
    expect(Array.from({ length: 130 }, (_, length) => isSame(new Uint8Array(length).fill(length)))).not.toContain(false);
  });
});
