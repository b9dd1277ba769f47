import { describe, expect, it } from 'vitest';
import { describedName, judgeHello, nearbyPaths, parsed, type HelloObservation } from '../../../../doctor/judge/hello.ts';
import type { HttpObservation } from '../../../../doctor/target.ts';

const answer = (status: number, body = '', headers: Record<string, string> = {}): HttpObservation => ({
  ...{ status, body, took: 3, error: undefined },
  headers: Object.entries(headers),
});
const NOTHING = answer(404, '<html>');
const verdict = (hello: HttpObservation, rest: Partial<HelloObservation> = {}): string =>
  judgeHello({ path: '/', timeout: 100, hello, root: NOTHING, found: undefined, ...rest }).verdict;

describe('D2', () => {
  it.each([
    [answer(200, '{}', { 'x-signalbox': '1' }), 'hello'],
    [answer(505), 'http-1.0'],
    [answer(301, '', { location: 'https://a' }), 'redirect'],
    [answer(401), 'login'],
    [answer(407), 'login'],
    [answer(403), 'forbidden'],
    [answer(429), 'rate-limited'],
    [answer(502), 'gateway-error'],
    [answer(504), 'gateway-error'],
    [answer(400, 'The plain HTTP request was sent to HTTPS port'), 'tls-on-http-port'],
    [answer(404, 'Not Found'), 'path-unknown'],
    [answer(404, '<html>'), 'not-broker'],
    [answer(200, '<html>'), 'not-broker'],
    [{ ...answer(0), error: 'ETIMEDOUT' }, 'http-timeout'],
    [{ ...answer(0), error: 'HPE_INVALID_CONSTANT' }, 'tls-on-http-port'],
    [{ ...answer(0), error: 'ECONNRESET' }, 'http-failed'],
  ])('%j is %s', (hello, expected) => expect(verdict(hello)).toBe(expected));

  it('recognizes other servers by their description', () => {
    const root = (name: string): HttpObservation => answer(200, JSON.stringify({ name, description: 'a server for PeerJS' }));
    expect(verdict(NOTHING, { root: root('Signalbox') })).toBe('doctor-off');
    expect(verdict(NOTHING, { root: root('PeerJS Server') })).toBe('other-server');
    expect([describedName(answer(200, '{"name":"A shop"}')), describedName(answer(200, 'null'))]).toEqual([undefined, undefined]);
  });

  it('names the path at which a broker was found', () => expect(verdict(NOTHING, { found: '/peerjs/' })).toBe('wrong-path'));
});

it('nearby paths have a segment too many, too few, or twice', () => {
  expect(nearbyPaths('/a/b/')).toEqual(['/a/', '/', '/a/b/a/b/', '/a/b/peerjs/', '/peerjs/', '/myapp/']);
  expect(nearbyPaths('/')).toEqual(['/peerjs/', '/myapp/']);
});

it('text that is not JSON is undefined', () => expect([parsed('{'), parsed('1')]).toEqual([undefined, 1]));
