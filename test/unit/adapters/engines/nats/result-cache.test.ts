import { expect, it } from 'vitest';
import { ResultCache } from '../../../../../src/adapters/engines/nats/result-cache.ts';

it('returns each result once, and evicts it after two calls', () => {
  const results = new ResultCache<number, string>();
  for (const key of [1, 2, 3]) results.set(key, `result ${key}`);
  expect(results.has(1)).toBe(true);
  expect([results.take(1), results.take(1), results.has(1)]).toEqual(['result 1', undefined, false]);
  results.evictOld();
  expect(results.has(2)).toBe(true);
  expect([results.take(2), results.take(2)]).toEqual(['result 2', undefined]);
  results.evictOld();
  expect(results.take(3)).toBeUndefined();
});

it('copies the results that were not taken from another cache', () => {
  const [before, after] = [new ResultCache<number, string>(), new ResultCache<number, string>()];
  for (const key of [1, 2]) before.set(key, 'before');
  before.evictOld();
  for (const key of [3, 4]) before.set(key, 'before');
  before.take(4);
  after.set(2, 'after');
  after.merge(before);
  expect([1, 2, 3, 4].map((key) => after.take(key))).toEqual(['before', 'after', 'before', undefined]);
});
