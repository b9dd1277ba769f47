import { expect, it } from 'vitest';
import { newLine, seatOf } from '../../../../conformance/random/line.ts';

it('a line begins unknown, on the seat of its id and realm', () => {
  const line = newLine('line 0', { realm: 'here', id: 'ann', token: 'one' });
  expect(line).toMatchObject({ name: 'line 0', isWelcome: false, isOver: false, ending: undefined, words: [] });
  expect(seatOf(line)).toBe(seatOf({ realm: 'here', id: 'ann' }));
  expect(seatOf(line)).not.toBe(seatOf({ realm: 'there', id: 'ann' }));
});
