import { describe, expect, it } from 'vitest';
import { assertEqual, assertMembers, assertThat, assertMatch, formatValue } from '../../../conformance/assertions.ts';
import { Failed } from '../../../conformance/outcomes.ts';

describe('an assertion', () => {
  it('does not throw if the condition is true', () => {
    assertThat(true, 'never thrown');
    assertEqual('a', { b: [1, { c: null }] }, { b: [1, { c: null }] });
    assertMembers('a', { b: 1, c: 2 }, { b: 1 });
    assertMatch('a', 'abc', /b/);
  });

  it.each([
    [() => assertThat(false, 'the reason'), 'the reason'],
    [() => assertEqual('the code', 1005, 1008), 'the code: expected 1008, got 1005'],
    [() => assertEqual('a', { b: undefined }, {}), 'a: expected {}, got {}'],
    [() => assertEqual('a', undefined, 1), 'a: expected 1, got nothing'],
    [() => assertMembers('a', { b: 1 }, { b: 2 }), 'a: expected {"b":2}, got {"b":1}'],
    [() => assertMembers('a', {}, { constructor: 1 }), 'a: expected {"constructor":1}, got {}'],
    [() => assertMembers('a', null, { b: 1 }), 'a: expected {"b":1}, got null'],
    [() => assertMatch('vary', undefined, /origin/), 'vary: expected a match for /origin/, got nothing'],
  ])('throws Failed with the expected and the actual value: %#', (claim, message) => {
    expect(claim).toThrow(new Failed(message));
  });

  it('truncates a long value', () => expect(formatValue('x'.repeat(500))).toMatch(/^"x{199}… \(502 characters\)$/));
});
