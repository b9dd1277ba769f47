import { expect, it } from 'vitest';
import { commonPatterns, isPattern } from '../../../src/domain/name-patterns.ts';

it.each(['a', 'a*', '*', 'ä b', 'x'.repeat(256)])('A3: %j is a pattern', (text) => expect(isPattern(text)).toBe(true));
it.each(['', '**', 'a*b', '*a', 'a\n', '\uDFFF', 'x'.repeat(257), 1, null, ['a']])('A3: %j is none', (value) =>
  expect(isPattern(value)).toBe(false),
);

it.each([
  [undefined, undefined, undefined],
  [['a'], undefined, ['a']],
  [undefined, ['a'], ['a']],
  [
    ['a', 'b*'],
    ['b', 'bc*', 'c', '*'],
    ['a', 'b', 'bc*', 'b*'],
  ],
  [['a'], ['b'], []],
  [[], ['a'], []],
])('A3: %j and %j have in common %j', (ones, others, common) => expect(commonPatterns(ones, others)).toEqual(common));
