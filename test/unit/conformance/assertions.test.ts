import { describe, expect, it } from 'vitest';
import { assertEqual, assertMembers, assertThat, assertMatch, formatValue } from '../../../conformance/assertions.ts';
import { Failed } from '../../../conformance/outcomes.ts';

describe('a claim', () => {
  it('that holds says nothing', () => {
    assertThat(true, 'never said');
    assertEqual('a', { b: [1, { c: null }] }, { b: [1, { c: null }] });
    assertMembers('a', { b: 1, c: 2 }, { b: 1 });
    assertMatch('a', 'abc', /b/);
  });

  it.each([
    [() => assertThat(false, 'it is not so'), 'it is not so'],
    [() => assertEqual('the code', 1005, 1008), 'the code: expected 1008, got 1005'],
    [() => assertEqual('a', { b: undefined }, {}), 'a: expected {}, got {}'],
    [() => assertEqual('a', undefined, 1), 'a: expected 1, got nothing'],
    [() => assertMembers('a', { b: 1 }, { b: 2 }), 'a: expected {"b":2}, got {"b":1}'],
    [() => assertMembers('a', {}, { constructor: 1 }), 'a: expected {"constructor":1}, got {}'],
    [() => assertMembers('a', null, { b: 1 }), 'a: expected {"b":1}, got null'],
    [() => assertMatch('vary', undefined, /origin/), 'vary: expected it to match /origin/, got nothing'],
  ])('that does not hold says what was seen: %#', (claim, message) => {
    expect(claim).toThrow(new Failed(message));
  });

  it('shows a long value cut', () => expect(formatValue('x'.repeat(500))).toMatch(/^"x{199}… \(502 characters\)$/));
});
