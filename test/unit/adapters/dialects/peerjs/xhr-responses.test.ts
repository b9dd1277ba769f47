import { expect, it } from 'vitest';
import { rejectBody, xhrResponseTo } from '../../../../../src/adapters/dialects/peerjs/xhr-responses.ts';

it('X6: answers OK to an accepted message, and 401 to an unknown sender', () => {
  expect(xhrResponseTo({ kind: 'sent' })).toMatchObject({ status: 200, body: 'OK' });
  expect(xhrResponseTo({ kind: 'refusal', reason: 'sender-unknown' }).status).toBe(401);
});

it('X6: answers 429 while the rate limit pauses the sender', () => {
  const { status, headers } = xhrResponseTo({ kind: 'refusal', reason: 'overloaded' });
  expect([status, headers]).toEqual([429, expect.arrayContaining([['retry-after', '1']])]);
});

it('X3: answers a wrong key with 200 and HTTP-ERROR', () => {
  expect(xhrResponseTo({ kind: 'refusal', reason: 'key-unknown' })).toMatchObject({ status: 200, body: '{"type":"HTTP-ERROR"}' });
});

it('X6: names the expected type for a body that does not fit', () => {
  expect(rejectBody('offer')).toMatchObject({ response: { status: 400, body: expect.stringContaining('OFFER') as string } });
});
