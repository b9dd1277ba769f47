import { expect, it } from 'vitest';
import { Bug, impossible, invariant } from '../../../src/domain/invariant.ts';

it('says what does not hold', () => {
  invariant(true, 'the sun is out');
  expect(() => invariant(false, 'the sun is out')).toThrow(new Bug('does not hold: the sun is out'));
});

it('names a case that can not be', () => {
  expect(() => impossible({ do: 'fly' } as never)).toThrow('no such case: {"do":"fly"}');
});
