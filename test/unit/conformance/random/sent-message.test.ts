import { expect, it } from 'vitest';
import { newConnection } from '../../../../conformance/random/client-connection.ts';
import { describeMessage } from '../../../../conformance/random/sent-message.ts';

it('describes a message with kind, number, sender and recipient', () => {
  const from = newConnection('connection 0', { realm: 'here', id: 'ann', token: 'one' });
  const open = { isUncertain: false, mayHaveExpiredWith: undefined, fate: undefined };
  expect(describeMessage({ n: 3, kind: 'OFFER', from, to: 'bob', at: 0, wasPresent: true, ...open })).toBe(
    'OFFER 3 of connection 0 to "bob"',
  );
});
