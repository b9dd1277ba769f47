import { expect, it } from 'vitest';
import { someCase } from './some-case.ts';

it('the rule of a case stands before the dot in its id', () => {
  expect(someCase({ id: 'M14.told-once' }).rule).toBe('M14');
});
