import { describe, expect, it } from 'vitest';
import { equals, has, holds, matches, shown } from '../../../conformance/claims.ts';
import { Failed } from '../../../conformance/outcomes.ts';

describe('a claim', () => {
  it('that holds says nothing', () => {
    holds(true, 'never said');
    equals('a', { b: [1, { c: null }] }, { b: [1, { c: null }] });
    has('a', { b: 1, c: 2 }, { b: 1 });
    matches('a', 'abc', /b/);
  });

  it.each([
    [() => holds(false, 'it is not so'), 'it is not so'],
    [() => equals('the code', 1005, 1008), 'the code: expected 1008, got 1005'],
    [() => equals('a', { b: undefined }, {}), 'a: expected {}, got {}'],
    [() => equals('a', undefined, 1), 'a: expected 1, got nothing'],
    [() => has('a', { b: 1 }, { b: 2 }), 'a: expected {"b":2}, got {"b":1}'],
    [() => has('a', {}, { constructor: 1 }), 'a: expected {"constructor":1}, got {}'],
    [() => has('a', null, { b: 1 }), 'a: expected {"b":1}, got null'],
    [() => matches('vary', undefined, /origin/), 'vary: expected it to match /origin/, got nothing'],
  ])('that does not hold says what was seen: %#', (claim, message) => {
    expect(claim).toThrow(new Failed(message));
  });

  it('shows a long value cut', () => expect(shown('x'.repeat(500))).toMatch(/^"x{199}… \(502 characters\)$/));
});
