import { expect, it } from 'vitest';
import { newConnection } from '../../../../conformance/random/client-connection.ts';
import { describeMessage } from '../../../../conformance/random/sent-message.ts';

it('a message is named by kind, number, sender and receiver', () => {
  const from = newConnection('line 0', { realm: 'here', id: 'ann', token: 'one' });
  const open = { isUncertain: false, mayHaveExpiredWith: undefined, fate: undefined };
  expect(describeMessage({ n: 3, kind: 'OFFER', from, to: 'bob', at: 0, wasPresent: true, ...open })).toBe(
    'OFFER 3 of line 0 to "bob"',
  );
});
