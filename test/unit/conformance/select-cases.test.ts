import { expect, it } from 'vitest';
import { selectCases } from '../../../conformance/select-cases.ts';
import { someCase } from './some-case.ts';

const CASES = ['H1.a', 'M1.a', 'M14.told', 'M14.told-once'].map((id) => someCase({ id }));

it.each([
  [[], ['H1.a', 'M1.a', 'M14.told', 'M14.told-once']],
  [['M1'], ['M1.a']],
  [['M*'], ['M1.a', 'M14.told', 'M14.told-once']],
  [['M14.told'], ['M14.told']],
  [
    ['*.a', 'M14.*-once'],
    ['H1.a', 'M1.a', 'M14.told-once'],
  ],
  [['m1'], []],
  [['M.+'], []],
])('%j selects %j', (patterns, ids) => {
  expect(selectCases(CASES, patterns).map(({ id }) => id)).toEqual(ids);
});
