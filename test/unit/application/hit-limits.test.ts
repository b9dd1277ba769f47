import { expect, it } from 'vitest';
import { limitOf } from '../../../src/application/hit-limits.ts';

it('O6, O7: a refusal for a limit names its option', () => {
  expect(limitOf({ reason: 'realm-full' }, { concurrentLimit: 5 })).toEqual({ option: 'concurrent_limit', allows: 5, asked: 6 });
  expect(limitOf({ reason: 'peer-id-too-long', limit: 128 }, undefined)).toEqual({ option: 'id_length', allows: 128 });
});

it('O2, O4: any other names none', () => {
  expect([limitOf({ reason: 'id-taken' }, { concurrentLimit: 5 }), limitOf({ reason: 'key-unknown' }, undefined)]).toEqual([
    undefined,
    undefined,
  ]);
});
