import { expect, it } from 'vitest';
import { newConnection, idKey } from '../../../../conformance/random/client-connection.ts';

it('a new connection has no state, and a key of realm and id', () => {
  const connection = newConnection('connection 0', { realm: 'here', id: 'ann', token: 'one' });
  expect(connection).toMatchObject({
    name: 'connection 0',
    gotOpen: false,
    isClosed: false,
    expectedClose: undefined,
    sentAt: [],
  });
  expect(idKey(connection)).toBe(idKey({ realm: 'here', id: 'ann' }));
  expect(idKey(connection)).not.toBe(idKey({ realm: 'there', id: 'ann' }));
});
