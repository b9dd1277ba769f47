import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_POINT } from '../../../../src/contracts/dialects/code-points.ts';

const texts = fc.sample(fc.string({ unit: CODE_POINT, size: 'medium' }), { numRuns: 2_000, seed: 1 });

describe('texts of any characters', () => {
  it('have a UTF-8 form', () => {
    expect(texts.filter((text) => Buffer.from(text).toString() !== text)).toEqual([]);
  });

  it('have characters of one to four bytes', () => {
    const sizes = texts.flatMap((text) => Array.from(text, (character) => Buffer.byteLength(character)));
    expect([...new Set(sizes)].sort()).toEqual([1, 2, 3, 4]);
  });

  it('include dangerous names', () => {
    expect(texts.some((text) => text.includes('__proto__'))).toBe(true);
  });
});
