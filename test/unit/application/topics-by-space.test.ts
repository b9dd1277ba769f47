import { expect, it } from 'vitest';
import { topicsBySpace } from '../../../src/application/topics-by-space.ts';

const realm = (...counts: readonly (readonly [string, number])[]): never => ({ topicSpaces: { counts: () => counts } }) as never;

it('ADM7: adds up the topics of all realms by space', () => {
  const realms = { all: () => [realm(['mercure', 2], ['relay', 1]), realm(['relay', 3])] };
  expect([...topicsBySpace(realms as never)]).toEqual([
    ['mercure', 2],
    ['relay', 4],
  ]);
});
