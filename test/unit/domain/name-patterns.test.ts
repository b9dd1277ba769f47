import { expect, it } from 'vitest';
import { commonPatterns, isPattern, topicSelector } from '../../../src/domain/name-patterns.ts';

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

it('A3: the selector of a pattern is a topic, or matches every topic with its prefix', () => {
  const prefix = topicSelector('b*');
  expect(topicSelector('a')).toEqual({ topic: 'a' });
  const matches = (topic: string): boolean => 'matches' in prefix && prefix.matches(topic, { steps: 0 });
  expect(['b', 'bc', 'a'].map(matches)).toEqual([true, true, false]);
});
