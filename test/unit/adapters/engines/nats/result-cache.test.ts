import { expect, it } from 'vitest';
import { ResultCache } from '../../../../../src/adapters/engines/nats/result-cache.ts';

it('an answer is given once, and forgotten by those who have it for others when it has aged twice', () => {
  const answers = new ResultCache<string>();
  for (const key of [1, 2, 3]) answers.set(key, `answer ${key}`);
  expect([answers.take(1), answers.take(1)]).toEqual(['answer 1', undefined]);
  answers.evictOld();
  expect([answers.take(2), answers.take(2)]).toEqual(['answer 2', undefined]);
  answers.evictOld();
  expect(answers.take(3)).toBeUndefined();
});

it('what nobody has asked one for, another one has', () => {
  const [before, after] = [new ResultCache<string>(), new ResultCache<string>()];
  for (const key of [1, 2]) before.set(key, 'before');
  before.evictOld();
  for (const key of [3, 4]) before.set(key, 'before');
  before.take(4);
  after.set(2, 'after');
  after.merge(before);
  expect([1, 2, 3, 4].map((key) => after.take(key))).toEqual(['before', 'after', 'before', undefined]);
});
