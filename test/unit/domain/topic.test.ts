import { expect, it } from 'vitest';
import { parseTopicName } from '../../../src/domain/topic.ts';

it('T1: accepts any text of 1 to the limit of characters', () => {
  expect(parseTopicName('__proto__', 9)).toEqual({ ok: true, value: '__proto__' });
  expect([parseTopicName('', 9).ok, parseTopicName('x'.repeat(10), 9).ok, parseTopicName('\u0000', 9).ok]).toEqual([
    false,
    false,
    true,
  ]);
});
