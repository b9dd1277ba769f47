import { expect, it } from 'vitest';
import { newConnection, idKey } from '../../../../conformance/random/client-connection.ts';

it('a line begins unknown, on the seat of its id and realm', () => {
  const line = newConnection('line 0', { realm: 'here', id: 'ann', token: 'one' });
  expect(line).toMatchObject({ name: 'line 0', isWelcome: false, isOver: false, ending: undefined, words: [] });
  expect(idKey(line)).toBe(idKey({ realm: 'here', id: 'ann' }));
  expect(idKey(line)).not.toBe(idKey({ realm: 'there', id: 'ann' }));
});
