import type * as uWS from 'uWebSockets.js';
import { expect, it } from 'vitest';
import { UwsRequest } from '../../../../../src/adapters/transports/uws/request.ts';

/** A request of the library with these headers, in this order. */
function request(...headers: readonly (readonly [name: string, value: string])[]): UwsRequest {
  const raw = {
    getCaseSensitiveMethod: () => 'get',
    getUrl: () => '/a',
    getQuery: () => undefined,
    forEach: (each: (name: string, value: string) => void) => headers.forEach(([name, value]) => each(name, value)),
  };
  const response = { getRemoteAddress: () => new Uint8Array([192, 0, 2, 1]).buffer };
  return new UwsRequest(raw as unknown as uWS.HttpRequest, response as unknown as uWS.HttpResponse);
}

it('parses the head of a request', () => {
  const { method, path, query, remoteAddress } = request();
  expect([method, path, query, remoteAddress]).toEqual(['GET', '/a', '', '192.0.2.1']);
});

it('H10: repeated list headers are joined; of other headers the first counts', () => {
  const given = request(
    ['x-forwarded-for', 'a'],
    ['origin', 'b'],
    ['x-forwarded-for', 'c'],
    ['origin', 'd'],
    ['connection', 'e'],
  );
  expect(['x-forwarded-for', 'origin', 'connection', 'host'].map((name) => given.header(name))).toEqual([
    'a, c',
    'b',
    'e',
    undefined,
  ]);
});

it('H13: returns how the head marks the end of the body', () => {
  const length = ['content-length', '5'] as const;
  const chunked = ['transfer-encoding', 'Chunked'] as const;
  expect([request(), request(length), request(chunked)].map(({ framing }) => framing)).toEqual(['none', 'counted', 'chunked']);
  const ambiguous = [
    [length, length],
    [length, ['content-length', '55']],
    [['content-length', '']],
    [length, chunked],
    [chunked, chunked],
    [['transfer-encoding', 'xchunked']],
    [['transfer-encoding', 'chunked, identity']],
    [['transfer-encoding', '']],
  ] as const;
  expect(ambiguous.map((headers) => request(...headers).framing)).toEqual(ambiguous.map(() => 'ambiguous'));
});

it('forgets its headers, and keeps the rest', () => {
  const given = request(['origin', 'a'], ['content-length', '5']);
  given.forgetHeaders();
  expect([given.header('origin'), given.path, given.framing]).toEqual([undefined, '/a', 'counted']);
});

it('treats an empty header as absent', () => {
  const given = request(['origin', ''], ['host', 'a']);
  expect([given.header('origin'), given.header('host')]).toEqual([undefined, 'a']);
});
