import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { TestBroker } from '../../support/test-broker.ts';

const refused = (broker: TestBroker): LogEvent[] => broker.events.filter(({ event }) => event.endsWith('-refused'));

describe('log of refusals', () => {
  it('O9, O10: logs a refused upgrade with status, path, origin, key and address', () => {
    const broker = new TestBroker({}, { origins: { allow: 'listed', isListed: () => false } });
    const headers = { origin: 'https://evil.test', host: 'a.test' };
    broker.transport.connect({ path: '/peerjs', query: 'key=peerjs&id=ann&token=s3cret', headers });
    broker.transport.connect({ path: '/nowhere', query: 'token=s3cret' });
    expect(refused(broker)).toMatchObject([
      {
        ...{ event: 'upgrade-refused', status: 403, why: 'origin-not-allowed', key: 'peerjs' },
        request: { path: '/peerjs', origin: 'https://evil.test', address: '192.0.2.1', ignoresForwardedFor: false },
      },
      { event: 'upgrade-refused', status: 404, why: 'path-unknown', request: { path: '/nowhere' } },
    ]);
    expect(JSON.stringify(refused(broker))).not.toContain('s3cret');
  });

  it('H11, promise 5: logs the exceeded limit and the requested amount', () => {
    const broker = new TestBroker({ maxUrlBytes: 300, maxConnectionsPerAddress: 1 });
    broker.connectPeer('ann');
    broker.connectPeer('bob');
    broker.transport.connect({ path: '/peerjs', query: 'x'.repeat(400) });
    broker.transport.http('GET', `/${'y'.repeat(400)}`);
    expect(refused(broker).map((event) => ('limit' in event ? event.limit : undefined))).toEqual([
      { option: 'max_connections_per_address', allows: 1, asked: 2 },
      { option: 'max_url_bytes', allows: 300, asked: 407 },
      { option: 'max_url_bytes', allows: 300, asked: 401 },
    ]);
  });

  it.each([
    ['GET', '/nowhere', 404, 'Not Found'],
    ['DELETE', '/peerjs/id', 405, 'Method Not Allowed'],
    ['GET', '/peerjs/peers', 401, 'Unauthorized'],
  ])('H3, H8: logs a refused request, %s %s', (method, path, status, why) => {
    const broker = new TestBroker();
    broker.transport.http(method, `${path}?token=s3cret`, { headers: { 'x-forwarded-for': '198.51.100.7' } });
    const [event] = refused(broker);
    expect(event).toMatchObject({ event: 'request-refused', status, request: { method, path, ignoresForwardedFor: true } });
    expect(event).toMatchObject({ why: expect.stringContaining(why) as string });
  });

  it('X6: masks the token in the path of an old client', () => {
    const broker = new TestBroker();
    broker.transport.http('POST', '/peerjs/ann/s3cret/offer');
    broker.transport.http('POST', `/peerjs/ann/s3cret/${'x'.repeat(300)}`);
    broker.transport.http('POST', '/app/peerjs/ann/s3cret/');
    expect(refused(broker)).toHaveLength(3);
    expect(refused(broker)[0]).toMatchObject({ request: { path: '/peerjs/ann/[…]/offer' } });
    expect(JSON.stringify(broker.events)).not.toContain('s3cret');
  });

  it('logs no successful request', () => {
    const broker = new TestBroker();
    broker.transport.http('GET', '/');
    broker.transport.http('OPTIONS', '/peerjs/id');
    expect(refused(broker)).toEqual([]);
  });
});

describe('log of closed connections', () => {
  it('logs the close code, the closing side, the lifetime and the traffic', () => {
    const broker = new TestBroker();
    const ann = broker.connectPeer('ann');
    ann.send({ type: 'HEARTBEAT' });
    broker.advance(1_500);
    ann.client.close(1001);
    const traffic = { lifetime: 1_500, framesIn: 1, bytesIn: 20, framesOut: 1, bytesOut: 15, address: '192.0.2.1' };
    const end = { by: 'client', code: 1001 };
    expect(broker.events).toContainEqual(
      expect.objectContaining({ event: 'peer-closed', ending: 'lost', end, passage: traffic }),
    );
    expect(broker.events).toContainEqual(
      expect.objectContaining({ event: 'connection-closed', dialect: 'peerjs', end, passage: traffic }),
    );
  });

  it('logs a close by the broker, also of a connection that was never registered', () => {
    const broker = new TestBroker({ idLength: 3 });
    broker.connectPeer('ann').send({ type: 'LEAVE' });
    broker.connectPeer('much too long');
    broker.advance(1);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', end: { by: 'broker', code: 1000 } }));
    const limit = { option: 'id_length', allows: 3 };
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'connection-refused', limit }));
    const closed = broker.events.filter(({ event }) => event === 'connection-closed');
    expect(closed).toMatchObject([
      { end: { by: 'broker', code: 1000 } },
      { session: undefined, end: { by: 'broker', code: 1008 } },
    ]);
  });
});
