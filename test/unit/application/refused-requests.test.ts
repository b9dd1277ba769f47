import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { TestBroker } from '../../support/test-broker.ts';

const refused = (house: TestBroker): LogEvent[] => house.events.filter(({ event }) => event.endsWith('-refused'));

describe('what is refused leaves a line', () => {
  it('O9, O10: an upgrade, with its status, path, origin, key and address', () => {
    const house = new TestBroker({}, { origins: { allow: 'listed', isListed: () => false } });
    const headers = { origin: 'https://evil.test', host: 'a.test' };
    house.transport.connect({ path: '/peerjs', query: 'key=peerjs&id=ann&token=s3cret', headers });
    house.transport.connect({ path: '/nowhere', query: 'token=s3cret' });
    expect(refused(house)).toMatchObject([
      {
        ...{ event: 'upgrade-refused', status: 403, why: 'origin-not-allowed', key: 'peerjs' },
        request: { path: '/peerjs', origin: 'https://evil.test', address: '192.0.2.1', ignoresForwardedFor: false },
      },
      { event: 'upgrade-refused', status: 404, why: 'path-unknown', request: { path: '/nowhere' } },
    ]);
    expect(JSON.stringify(refused(house))).not.toContain('s3cret');
  });

  it('H11, promise 5: with the limit and what hit it', () => {
    const house = new TestBroker({ maxUrlBytes: 300, maxConnectionsPerAddress: 1 });
    house.connectPeer('ann');
    house.connectPeer('bob');
    house.transport.connect({ path: '/peerjs', query: 'x'.repeat(400) });
    house.transport.http('GET', `/${'y'.repeat(400)}`);
    expect(refused(house).map((event) => ('limit' in event ? event.limit : undefined))).toEqual([
      { option: 'max_connections_per_address', allows: 1, asked: 2 },
      { option: 'max_url_bytes', allows: 300, asked: 407 },
      { option: 'max_url_bytes', allows: 300, asked: 401 },
    ]);
  });

  it.each([
    ['GET', '/nowhere', 404, 'Not Found'],
    ['DELETE', '/peerjs/id', 405, 'Method Not Allowed'],
    ['GET', '/wrong/id', 401, 'Invalid key provided'],
    ['GET', '/peerjs/peers', 401, 'Unauthorized'],
  ])('H2, H3, H8: a request, %s %s', (method, path, status, why) => {
    const house = new TestBroker();
    house.transport.http(method, `${path}?token=s3cret`, { headers: { 'x-forwarded-for': '198.51.100.7' } });
    const [event] = refused(house);
    expect(event).toMatchObject({ event: 'request-refused', status, request: { method, path, ignoresForwardedFor: true } });
    expect(event).toMatchObject({ why: expect.stringContaining(why) as string });
  });

  it('X6: the token in the path of an old client is not told', () => {
    const house = new TestBroker();
    house.transport.http('POST', '/peerjs/ann/s3cret/offer');
    house.transport.http('POST', `/peerjs/ann/s3cret/${'x'.repeat(300)}`);
    house.transport.http('POST', '/app/peerjs/ann/s3cret/');
    expect(refused(house)).toHaveLength(3);
    expect(refused(house)[0]).toMatchObject({ request: { path: '/peerjs/ann/[…]/offer' } });
    expect(JSON.stringify(house.events)).not.toContain('s3cret');
  });

  it('what is answered well leaves none', () => {
    const house = new TestBroker();
    house.transport.http('GET', '/');
    house.transport.http('OPTIONS', '/peerjs/id');
    expect(refused(house)).toEqual([]);
  });
});

describe('what is closed leaves a line', () => {
  it('with its code, who closed it, how long it lived and how much passed', () => {
    const house = new TestBroker();
    const ann = house.connectPeer('ann');
    ann.send({ type: 'HEARTBEAT' });
    house.advance(1_500);
    ann.client.close(1001);
    const passage = { lifetime: 1_500, framesIn: 1, bytesIn: 20, framesOut: 1, bytesOut: 15, address: '192.0.2.1' };
    const end = { by: 'client', code: 1001 };
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'lost', end, passage }));
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'connection-closed', dialect: 'peerjs', end, passage }));
  });

  it('also where the broker closes it, and where it was never a peer', () => {
    const house = new TestBroker({ idLength: 3 });
    house.connectPeer('ann').send({ type: 'LEAVE' });
    house.connectPeer('much too long');
    house.advance(1);
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', end: { by: 'broker', code: 1000 } }));
    const limit = { option: 'id_length', allows: 3 };
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'connection-refused', limit }));
    const closed = house.events.filter(({ event }) => event === 'connection-closed');
    expect(closed).toMatchObject([
      { end: { by: 'broker', code: 1000 } },
      { session: undefined, end: { by: 'broker', code: 1008 } },
    ]);
  });
});
