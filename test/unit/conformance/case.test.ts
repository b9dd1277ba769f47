import { expect, it } from 'vitest';
import { someCase } from './some-case.ts';

it('derives the rule of a case from its id', () => {
  expect(someCase({ id: 'M14.told-once' }).rule).toBe('M14');
});
