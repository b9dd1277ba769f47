import { describe, expect, it } from 'vitest';
import {
  faultResponse,
  readSessionQuery,
  tokenIn,
  tokenOfAuth,
} from '../../../../../src/adapters/transports/socketio/handshake.ts';

describe('SIO9: the session in the query of a request', () => {
  it.each([
    ['EIO=4&transport=polling', { carrier: 'polling', protocol: 4, sid: undefined }],
    ['EIO=4&transport=websocket&sid=a&t=x&key=red', { carrier: 'websocket', protocol: 4, sid: 'a' }],
  ])('%s', (query, read) => expect(readSessionQuery(query, [4])).toEqual(read));

  it.each([
    ['', 'unknown-transport'],
    ['EIO=4', 'unknown-transport'],
    ['EIO=4&transport=webtransport', 'unknown-transport'],
    ['EIO=4&transport=__proto__', 'unknown-transport'],
    ['EIO=4&transport=polling&transport=websocket', 'bad-request'],
    ['EIO=4&EIO=3&transport=polling', 'bad-request'],
    ['EIO=4&transport=polling&sid=a&sid=b', 'bad-request'],
    ['EIO=4&transport=polling&j=0', 'bad-request'],
    ['transport=polling', 'unsupported-version'],
    ['EIO=2&transport=polling', 'unsupported-version'],
    ['EIO=5&transport=polling', 'unsupported-version'],
    ['EIO=04&transport=polling', 'unsupported-version'],
    ['EIO=3&transport=polling', 'unsupported-version'],
  ])('%s: %s', (query, fault) => expect(readSessionQuery(query, [4])).toBe(fault));

  it('SIO11: version 3, if it is enabled', () => {
    expect(readSessionQuery('EIO=3&transport=polling&b64=1', [4, 3])).toMatchObject({ protocol: 3 });
  });

  it('a rejected request receives the reason', () => {
    expect(faultResponse('unknown-sid')).toMatchObject({ status: 400, body: '{"code":1,"message":"Session ID unknown"}' });
    expect(faultResponse('forbidden').status).toBe(403);
  });
});

it('SIO10: the token of a handshake is in the header, else in the query', () => {
  expect(tokenIn('Bearer a.b.c', 'token=x')).toBe('a.b.c');
  expect([tokenIn(undefined, 'authorization=x'), tokenIn('Basic abc', 'token=y'), tokenIn('', 'token=')]).toEqual([
    'x',
    'y',
    undefined,
  ]);
});

it('SIO10: the token of a CONNECT packet is a string in its auth object', () => {
  expect([tokenOfAuth('{"token":"t","more":1}'), tokenOfAuth(undefined), tokenOfAuth('')]).toEqual(['t', undefined, undefined]);
  for (const auth of ['{', 'null', '"token"', '[]', '{"token":""}', '{"token":{}}', `{"token":"${'x'.repeat(20_000)}"}`]) {
    expect(tokenOfAuth(auth)).toBeUndefined();
  }
});
