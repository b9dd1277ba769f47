import { expect, it } from 'vitest';
import { headerOf } from '../../../doctor/target.ts';

it('the first header of a name counts', () => {
  const headers = [['server', 'a'] as const, ['server', 'b'] as const];
  expect([headerOf({ headers }, 'server'), headerOf({ headers }, 'date')]).toEqual(['a', undefined]);
});
