import { expect, it } from 'vitest';
import { memberTextBytes, roomKey } from '../../../src/domain/member.ts';

it('T19: private members of a topic are in a room of their own', () => {
  const keys = ['a', 'pa'].flatMap((topic) => [true, false].map((isPrivate) => roomKey({ topic, isPrivate })));
  expect(new Set(keys).size).toBe(4);
});

it('T19: all texts of a member and its payload count', () => {
  const member = { ref: '1', key: '22', client: '333', user: '4444' };
  expect([undefined, new Uint8Array(5)].map((payload) => memberTextBytes({ ...member, payload }))).toEqual([10, 15]);
});
