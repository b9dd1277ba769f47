import { expect, it } from 'vitest';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame } from '../../../../../src/adapters/dialects/shared/close-frames.ts';
import { peerId } from '../../../domain/session-fixture.ts';

it('M7, O5, L1, M10, M19, T5, MER12, ADM3: each ending has its close code and no last message', () => {
  const codes = Object.entries(ENDING_CLOSE_FRAMES).map(([ending, { code }]) => [ending, code]);
  expect(Object.fromEntries(codes)).toEqual({
    ...{ left: 1000, superseded: 4001, silent: 4002, malformed: 1007 },
    ...{ flooding: 1008, overreaching: 1008, hoarding: 1008, expired: 4003, removed: 4004, restarting: 1012, fault: 1011 },
  });
  expect(Object.values(ENDING_CLOSE_FRAMES).some(({ frame }) => frame !== undefined)).toBe(false);
});

it('O6: the close code of a full realm allows a later retry', () => {
  expect(refusalCloseFrame({ reason: 'realm-full' }).code).toBe(1013);
});

it.each([
  [{ reason: 'token-missing' }, 4401, 'Authentication required'],
  [{ reason: 'token-invalid', detail: 'signature' }, 4401, 'Invalid token'],
  [{ reason: 'token-expired' }, 4401, 'Token expired'],
  [{ reason: 'token-early' }, 4401, 'Token not valid yet: check the clocks'],
  [{ reason: 'realm-not-granted' }, 4403, 'Not allowed'],
  [{ reason: 'id-not-granted', id: peerId('ann') }, 4403, 'Not allowed'],
  [{ reason: 'id-reserved' }, 1008, 'ID is taken'],
  [{ reason: 'not-admitted', message: 'The account is closed' }, 4403, 'Not allowed'],
  [{ reason: 'authorizer-unreachable' }, 1013, 'Authorisation is out of reach, try again later'],
] as const)('A6: the close frame for %j', (refusal, code, why) => {
  expect(refusalCloseFrame(refusal)).toEqual({ frame: undefined, code, why });
});
