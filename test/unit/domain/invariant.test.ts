import { expect, it } from 'vitest';
import { Bug, impossible, invariant } from '../../../src/domain/invariant.ts';

it('throws the violated claim', () => {
  invariant(true, 'the sun is out');
  expect(() => invariant(false, 'the sun is out')).toThrow(new Bug('invariant violated: the sun is out'));
});

it('throws the impossible case', () => {
  expect(() => impossible({ do: 'fly' } as never)).toThrow('no such case: {"do":"fly"}');
});
