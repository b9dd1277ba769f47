import { describe, expect, it } from 'vitest';
import { textBytes } from '../../../src/domain/memory-sizes.ts';

describe('textBytes', () => {
  it('counts two bytes for each character if one of them needs two', () => {
    expect(
      ['', 'a'.repeat(8), 'a'.repeat(9), '\u00ff'.repeat(8), '\u5b57'.repeat(8), '\u{1f600}'.repeat(4)].map(textBytes),
    ).toEqual([16, 24, 32, 24, 32, 32]);
  });
});
