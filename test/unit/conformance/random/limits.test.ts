import { expect, it } from 'vitest';
import { limitsFrom, PEER_LIMITS, SIGNALBOX_LIMITS, UNKNOWN_LIMITS } from '../../../../conformance/random/limits.ts';

it('declared settings override the defaults', () => {
  const limits = limitsFrom({ expire_timeout: 700, on_flood: 'pause', mailbox_messages: 3 }, SIGNALBOX_LIMITS);
  expect(limits).toEqual({ ...SIGNALBOX_LIMITS, expireTimeout: 700, onFlood: 'pause', mailboxMessages: 3 });
  expect(limitsFrom({}, PEER_LIMITS)).toEqual(PEER_LIMITS);
});

it('an undeclared limit is undefined', () => {
  expect(limitsFrom({ on_flood: 'sing' }, UNKNOWN_LIMITS)).toEqual(UNKNOWN_LIMITS);
  expect(UNKNOWN_LIMITS).toMatchObject({ expireTimeout: undefined, messageBurst: undefined });
});
