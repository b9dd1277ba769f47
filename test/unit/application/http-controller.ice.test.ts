import { describe, expect, it } from 'vitest';
import { originsFromList } from '../../../src/composition/origins.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../support/test-broker.ts';

const TURN: Partial<Config> = { turn: ['turn:turn.example.org'], turnSecret: ['a secret of the tests'] };
const TARGET = '/peerjs/ice?id=ann&token=t';

function brokerWithPeer(config: Partial<Config> = TURN, environment = {}): TestBroker {
  const broker = new TestBroker(config, environment);
  broker.connectPeer('ann');
  return broker;
}

describe('HttpController at the route of ICE servers', () => {
  it('I1: answers 404 if no ICE servers are configured', () => {
    expect(brokerWithPeer({}).transport.http('GET', TARGET)).toMatchObject({ status: 404 });
  });

  it('I2, I8: answers with STUN and fixed TURN credentials', () => {
    const fixed = { stun: ['stun:stun.example.org'], turn: ['turn:a'], turnUser: 'user', turnPassword: 'password', turnTtl: 60 };
    const { status, body } = brokerWithPeer(fixed).transport.http('GET', TARGET);
    const iceServers = [{ urls: fixed.stun }, { urls: fixed.turn, username: 'user', credential: 'password' }];
    expect([status, JSON.parse(body)]).toMatchObject([200, { iceServers, ttl: 60, refresh: 45 }]);
  });

  it('I3: answers 401 for an unknown key and for any other token', () => {
    const { transport } = brokerWithPeer();
    expect(transport.http('GET', '/nobody/ice?id=ann&token=t')).toMatchObject({ status: 401, body: 'Invalid key provided' });
    const refused = { status: 401, body: 'No open peer of this broker has this id and token' };
    expect(transport.http('GET', '/peerjs/ice?id=ann&token=x')).toMatchObject(refused);
  });

  it('I5: refuses other origins if origins are listed, before credentials are issued', () => {
    const broker = brokerWithPeer(TURN, { origins: originsFromList(['https://a.test']) });
    const statusFor = (headers: Record<string, string>): number => broker.transport.http('GET', TARGET, { headers }).status;
    expect(statusFor({ origin: 'https://b.test' })).toBe(403);
    expect(statusFor({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(broker.counts()).toEqual({});
    expect([statusFor({ origin: 'https://a.test' }), statusFor({})]).toEqual([200, 200]);
  });

  it('I5: has CORS headers, and a preflight for the header Authorization', () => {
    const { transport } = brokerWithPeer();
    const origin = 'https://a.test';
    expect(transport.http('GET', TARGET, { headers: { origin } }).headers).toContainEqual([
      'access-control-allow-origin',
      origin,
    ]);
    const asked = { origin, 'access-control-request-headers': 'authorization' };
    const preflight = transport.http('OPTIONS', '/peerjs/ice', { headers: asked });
    expect(preflight).toMatchObject({ status: 204 });
    expect(preflight.headers).toContainEqual(['access-control-allow-headers', 'authorization']);
    expect(transport.http('HEAD', TARGET).status).toBe(200);
    expect(transport.http('POST', TARGET).status).toBe(405);
  });

  it('I6: limits the requests of one address, and counts them', () => {
    const broker = brokerWithPeer({ ...TURN, iceRateLimit: 2 });
    const ask = (address: string) => broker.transport.http('GET', TARGET, { address });
    expect([ask('192.0.2.1').status, ask('192.0.2.1').status, ask('192.0.2.2').status]).toEqual([200, 200, 200]);
    expect(ask('192.0.2.1')).toMatchObject({ status: 429, headers: expect.arrayContaining([['retry-after', '60']]) });
    expect(broker.transport.http('GET', '/peerjs/id').status).toBe(200);
    expect(broker.counts()).toEqual({ 'ice-issued': 3, 'ice-rate-limited': 1 });
    broker.clock.advance(60_000);
    expect(ask('192.0.2.1').status).not.toBe(429);
  });

  it('I6: forbids caching, also of a refusal', () => {
    const { transport } = brokerWithPeer({ ...TURN, iceRateLimit: 3 });
    const targets = [TARGET, '/nobody/ice?id=ann&token=t', '/peerjs/ice?id=ann&token=x', TARGET];
    const answers = targets.map((target) => transport.http('GET', target));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 429]);
    for (const { headers } of answers) expect(headers).toContainEqual(['cache-control', 'no-store']);
  });

  it('I9: answers in the form of Matrix', () => {
    const { body } = brokerWithPeer().transport.http('GET', `${TARGET}&as=matrix`);
    expect(JSON.parse(body)).toMatchObject({ uris: ['turn:turn.example.org'], password: expect.any(String) });
  });

  it('I13: answers 404 for a realm without ICE servers, and for all others their own', () => {
    const realms = { green: { ice: { stun: ['stun:g'] } }, blue: { ice: {} } };
    const keys = ['peerjs', 'green', 'blue'];
    const { transport } = brokerWithPeer({ keys, stun: ['stun:a'], realms, iceAccess: 'everybody' });
    const answers = keys.map((key) => transport.http('GET', `/${key}/ice`));
    expect(answers.map(({ status, body }) => (status === 200 ? /stun:\w/.exec(body)?.[0] : status))).toEqual([
      'stun:a',
      'stun:g',
      404,
    ]);
  });

  it('I14: serves clients of any dialect', () => {
    const dialects = ['mercure', 'socketio', 'relay'] as const;
    const { transport } = new TestBroker({ dialects, stun: ['stun:a'], iceAccess: 'everybody', path: '/app/' });
    expect(transport.http('GET', '/app/peerjs/ice')).toMatchObject({ status: 200 });
    expect([transport.http('GET', '/app/other/ice').status, transport.http('GET', '/app/peerjs/id').status]).toEqual([401, 404]);
    const { transport: closed } = new TestBroker({ dialects, stun: ['stun:a'] });
    expect(closed.http('GET', '/peerjs/ice')).toMatchObject({ status: 401 });
  });
});
