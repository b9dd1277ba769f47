import { expect, it } from 'vitest';
import { limitOf } from '../../../src/application/hit-limits.ts';

it('O6, O7: names the option of an exceeded limit', () => {
  expect(limitOf({ reason: 'realm-full' }, { concurrentLimit: 5 })).toEqual({ option: 'concurrent_limit', allows: 5, asked: 6 });
  expect(limitOf({ reason: 'peer-id-too-long', limit: 128 }, undefined)).toEqual({ option: 'id_length', allows: 128 });
});

it('O2, O4: names no limit for other refusals', () => {
  expect([limitOf({ reason: 'id-taken' }, { concurrentLimit: 5 }), limitOf({ reason: 'key-unknown' }, undefined)]).toEqual([
    undefined,
    undefined,
  ]);
});

it('R3: max_realms', () => {
  const limit = { option: 'max_realms', allows: 5, asked: 6 };
  expect(limitOf({ reason: 'too-many-realms', limit: 5 }, undefined)).toEqual(limit);
});
