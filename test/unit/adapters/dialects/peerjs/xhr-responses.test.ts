import { expect, it } from 'vitest';
import { rejectBody, xhrResponseTo } from '../../../../../src/adapters/dialects/peerjs/xhr-responses.ts';

it('X6: what was taken is OK; who is not known is 401', () => {
  expect(xhrResponseTo({ kind: 'sent' })).toMatchObject({ status: 200, body: 'OK' });
  expect(xhrResponseTo({ kind: 'refusal', reason: 'sender-unknown' }).status).toBe(401);
});

it('X3: a wrong key is 200 with the one word that the client knows', () => {
  expect(xhrResponseTo({ kind: 'refusal', reason: 'key-unknown' })).toMatchObject({ status: 200, body: '{"type":"HTTP-ERROR"}' });
});

it('X6: a body that does not fit says what would', () => {
  expect(rejectBody('offer')).toMatchObject({ response: { status: 400, body: expect.stringContaining('OFFER') as string } });
});
