import { describe, expect, it } from 'vitest';
import { expiryOf, judgeIceList, readIceList } from '../../../../doctor/judge/ice-list.ts';

const NOW = 1_900_000_000_000;
const list = (...iceServers: unknown[]): string => JSON.stringify({ iceServers });
const judged = (...iceServers: unknown[]): string[] =>
  judgeIceList(readIceList(list(...iceServers)), NOW).map(({ verdict }) => verdict);
const TLS = { urls: 'turns:a.example:443?transport=tcp', username: '1900000600:ann', credential: 'c' };

describe('the list of ICE servers', () => {
  it('has a server for each URL', () => {
    const { servers, invalid } = readIceList(
      list({ urls: ['stun:a.example', 'turn:b.example:80?transport=tcp'], username: 'u', credential: 'c' }, TLS, {
        urls: 'http://x',
      }),
    );
    expect(servers.map(({ scheme, host, port, transport }) => [scheme, host, port, transport])).toEqual([
      ['stun', 'a.example', 3478, 'udp'],
      ['turn', 'b.example', 80, 'tcp'],
      ['turns', 'a.example', 443, 'tls'],
    ]);
    expect(invalid).toEqual(['http://x']);
  });

  it('reads addresses of IPv6, and nothing from other bodies', () => {
    expect(readIceList(list({ urls: 'turn:[2001:db8::1]:9' })).servers[0]).toMatchObject({ host: '2001:db8::1', port: 9 });
    for (const body of ['{', 'null', '{}', '[]']) expect(readIceList(body)).toEqual({ servers: [], invalid: [] });
  });
});

it('only time-limited credentials expire', () => {
  const expiries = ['1900000600:ann', '1900000600', 'ann', '17:ann'].map((username) => expiryOf({ username }));
  expect(expiries).toEqual([1_900_000_600_000, 1_900_000_600_000, undefined, undefined]);
});

describe('D10', () => {
  it.each([
    [[TLS], ['ice-list']],
    [[], ['ice-none']],
    [[{ urls: 'stun:a.example' }], ['ice-no-turn']],
    [[{ urls: 'turn:a.example', username: 'u', credential: 'c' }], ['ice-no-tls']],
    [[{ ...TLS, username: '1899999999:ann' }], ['ice-expired']],
    [[TLS, { urls: 'turn:eu-0.turn.peerjs.com:3478', username: 'peerjs', credential: 'peerjsp' }], ['ice-public']],
    [[TLS, { urls: 'stun:a.example:53' }], ['ice-port-53']],
    [[TLS, { urls: 'stun://a.example' }], ['ice-url-invalid']],
  ])('%j is %j', (servers, verdicts) => expect(judged(...servers)).toEqual(verdicts));
});
