import { expect, it } from 'vitest';
import { Unclaimed } from '../../../../../src/adapters/engines/nats/unclaimed.ts';

it('an answer is given once, and forgotten by those who have it for others when it has aged twice', () => {
  const answers = new Unclaimed<string>();
  for (const key of [1, 2, 3]) answers.set(key, `answer ${key}`);
  expect([answers.claim(1), answers.claim(1)]).toEqual(['answer 1', undefined]);
  answers.ages();
  expect([answers.claim(2), answers.claim(2)]).toEqual(['answer 2', undefined]);
  answers.ages();
  expect(answers.claim(3)).toBeUndefined();
});

it('what nobody has asked one for, another one has', () => {
  const [before, after] = [new Unclaimed<string>(), new Unclaimed<string>()];
  for (const key of [1, 2]) before.set(key, 'before');
  before.ages();
  for (const key of [3, 4]) before.set(key, 'before');
  before.claim(4);
  after.set(2, 'after');
  after.inherit(before);
  expect([1, 2, 3, 4].map((key) => after.claim(key))).toEqual(['before', 'after', 'before', undefined]);
});
