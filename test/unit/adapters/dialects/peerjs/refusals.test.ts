import { describe, expect, it } from 'vitest';
import { EXPIRED, REMOVED, REFUSALS, refusalFrame } from '../../../../../src/adapters/dialects/peerjs/refusals.ts';
import { peerId } from '../../../domain/session-fixture.ts';
import type { CloseFrame } from '../../../../../src/application/ports/dialect.ts';

const NO_CREDENTIALS = '{"type":"ERROR","payload":{"msg":"No id, token, or key supplied to websocket server"}}';
const NO_ID = '{"type":"ERROR","payload":{"msg":"Invalid id"}}';

describe('the last message to a refused connection', () => {
  it.each([
    ['O1', 'credentials-missing', NO_CREDENTIALS, 1008],
    ['O1', 'peer-id-empty', NO_CREDENTIALS, 1008],
    ['O2', 'key-unknown', '{"type":"ERROR","payload":{"msg":"Invalid key provided"}}', 1008],
    ['O4', 'id-taken', '{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}', 1008],
    ['R3', 'too-many-realms', '{"type":"ERROR","payload":{"msg":"Server has reached its limit of keys in use"}}', 1013],
    ['O6', 'realm-full', '{"type":"ERROR","payload":{"msg":"Server has reached its concurrent user limit"}}', 1013],
    ['O7', 'peer-id-too-long', NO_ID, 1008],
    ['O7', 'peer-id-unprintable', NO_ID, 1008],
  ] as const)('%s: %s', (_, reason, frame, code) => {
    expect(textOf(REFUSALS[reason])).toBe(frame);
    expect(REFUSALS[reason].code).toBe(code);
  });

  it.each([
    [{ reason: 'token-missing' }, 'Authentication required', 1008],
    [{ reason: 'token-invalid', detail: 'signature' }, 'Invalid token', 1008],
    [{ reason: 'token-expired' }, 'Token expired', 1008],
    [{ reason: 'token-early' }, 'Token not valid yet: check the clocks', 1008],
    [{ reason: 'realm-not-granted' }, 'This token is not for this key', 1008],
    [{ reason: 'id-not-granted', id: peerId('ann') }, 'This token is not for the id ann', 1008],
    [{ reason: 'not-admitted', message: 'The account is closed' }, 'The account is closed', 1008],
    [{ reason: 'authorizer-unreachable' }, 'Authorisation is out of reach, try again later', 1013],
  ] as const)('A6: %j', (refusal, msg, code) => {
    const closeFrame = refusalFrame(refusal);
    expect([textOf(closeFrame), closeFrame.code]).toEqual([JSON.stringify({ type: 'ERROR', payload: { msg } }), code]);
  });

  it('A6: a reserved id looks like a taken one, because applications handle that', () => {
    expect(refusalFrame({ reason: 'id-reserved' })).toBe(REFUSALS['id-taken']);
  });

  it('ADM3, ADM4: a removed and a banned peer are told so with 4004', () => {
    expect([textOf(REMOVED), REMOVED.code]).toEqual(['{"type":"ERROR","payload":{"msg":"Removed by the operator"}}', 4004]);
    expect(refusalFrame({ reason: 'banned' })).toBe(REMOVED);
  });

  it('A5: an expired token is an ERROR and close code 4003', () => {
    expect([textOf(EXPIRED), EXPIRED.code]).toEqual(['{"type":"ERROR","payload":{"msg":"Token expired"}}', 4003]);
  });
});

function textOf({ frame }: CloseFrame): string {
  return new TextDecoder().decode(frame);
}
