import { expect, it } from 'vitest';
import { CollectedMessages } from '../../../../../src/adapters/engines/redis/collected-messages.ts';
import { realmKey } from '../../../../../src/domain/ids.ts';

const GREEN = realmKey('green');

it('M1: knows the last messages that were collected', () => {
  const collected = new CollectedMessages(2);
  const added = ['a 1', 'a 2', 'a 1', 'a 3', 'a 2', 'a 1'].map((id) => collected.add(GREEN, id));
  expect(added).toEqual([true, true, false, true, false, true]);
  expect(collected.add(realmKey('blue'), 'a 1')).toBe(true);
});

it('treats each message of an earlier release as new', () => {
  const collected = new CollectedMessages();
  expect([collected.add(GREEN, ''), collected.add(GREEN, '')]).toEqual([true, true]);
});
