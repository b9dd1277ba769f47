import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../src/application/ports/http.ts';
import { LinesDialect } from '../../../examples/lines-dialect/dialect.ts';
import type { HttpRoute } from '../../../src/application/ports/requests.ts';
import { originsFromList } from '../../../src/composition/origins.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';
import { LinesBroker } from '../../support/lines-broker.ts';

const header = ({ headers }: HttpResponse, name: string) => headers.find(([other]) => other === name)?.[1];
const get = (broker: TestBroker, target: string, headers = {}) => broker.transport.http('GET', target, { headers });

describe('HttpController with a streaming dialect', () => {
  it('T3: starts a stream with the preamble of its dialect, and CORS headers', () => {
    const client = new LinesBroker().transport.stream('GET', '/lines?topic=a', { headers: { origin: 'https://a.test' } });
    expect(client.head?.headers).toContainEqual(['access-control-allow-origin', 'https://a.test']);
    expect([client.head?.status, client.received.slice(0, 2)]).toEqual([200, ['# listening\n', '# you are id1\n']]);
  });

  it('refuses a stream with a status where the refusal is known before', () => {
    const broker = new LinesBroker({ concurrentLimit: 1, topicsPerConnection: 1, maxConnections: 2 });
    expect([broker.openStream().refusal?.status, broker.openStream('a', 'b').refusal?.status]).toEqual([400, 403]);
    expect(broker.transport.stream('GET', '/lines?topic=a&key=none').refusal?.status).toBe(404);
    broker.openStream('a');
    expect(broker.openStream('a').refusal?.status).toBe(503);
  });

  it('counts a stream as a connection until the stream ends', () => {
    const broker = new LinesBroker({ maxConnections: 1 });
    const client = broker.openStream('a');
    expect(broker.openStream('a').refusal).toMatchObject({ status: 503, body: 'Too many connections' });
    client.cut();
    expect(broker.openStream('a').state).toBe('open');
  });

  it('O10: refuses streams to other origins if origins are listed', () => {
    const broker = new LinesBroker({}, { origins: originsFromList(['https://a.test']) });
    const openStream = (origin: string) => broker.transport.stream('GET', '/lines?topic=a', { headers: { origin } });
    expect([openStream('https://a.test').state, openStream('https://b.test').refusal?.status]).toEqual(['open', 403]);
    const headers = { origin: 'https://rebound.test', host: 'rebound.test' };
    expect(broker.transport.stream('GET', '/lines?topic=a', { headers }).refusal?.status).toBe(403);
  });

  it('O10: refuses requests that change state from other origins if origins are listed, and allows reads', () => {
    const broker = new LinesBroker({ legacyXhr: true }, { origins: originsFromList(['https://a.test']) });
    const post = (target: string, headers: Record<string, string>): number | undefined => {
      const exchange = broker.transport.request('POST', target, { body: 'x', headers });
      broker.transport.settle();
      return exchange.answered?.status;
    };
    const [evil, listed] = [{ origin: 'https://evil.test', host: 'evil.test' }, { origin: 'https://a.test' }];
    const own = { origin: 'https://10.0.0.1', host: '10.0.0.1' };
    const statuses = [evil, listed, own, {}].map((headers) => post('/lines?topic=a', headers));
    expect(statuses).toEqual([403, 204, 204, 204]);
    for (const route of ['offer', 'answer', 'candidate', 'leave', 'id']) {
      expect(post(`/peerjs/ann/t/${route}`, evil)).toBe(403);
    }
    expect(broker.transport.http('GET', '/peerjs/id', { headers: evil }).status).toBe(200);
  });

  it('MER8: answers a preflight with the methods of its path', () => {
    const answer = new LinesBroker().transport.http('OPTIONS', '/lines', { headers: { origin: 'https://a.test' } });
    expect(header(answer, 'access-control-allow-methods')).toBe('GET,POST');
  });

  it('promise 6: an internal error after the body is answered with 500, and is logged', () => {
    const broker = new LinesBroker({}, { moreDialects: [new BrokenDialect('/lines')] });
    expect([broker.publish('a', 'x'), broker.eventNames]).toEqual([500, ['fault', 'request-refused']]);
  });

  it('MER9: sends keep-alive frames to a stream', () => {
    const broker = new LinesBroker({ streamHeartbeat: 40_000 });
    const client = broker.openStream('a');
    broker.advance(40_000);
    expect(client.received.at(-1)).toBe('#\n');
  });
});

/** Throws for any body. */
class BrokenDialect extends LinesDialect {
  override route(): HttpRoute {
    const then = (): never => {
      throw new Error('a bug');
    };
    return { methods: ['POST'], handle: () => ({ action: 'read-body', maxBytes: 10, then }) };
  }
}

describe('HttpController', () => {
  it('H16: answers 426 with the reason on a WebSocket path without an upgrade, and 404 for other methods and paths', () => {
    const broker = new TestBroker();
    const answer = get(broker, '/peerjs', { origin: 'https://a.test' });
    expect([answer.status, header(answer, 'upgrade'), header(answer, 'connection')]).toEqual([426, 'websocket', 'upgrade']);
    expect(answer.body).toContain('pass on the headers Upgrade and Connection');
    expect(header(answer, 'access-control-allow-origin')).toBe('https://a.test');
    expect(broker.transport.http('POST', '/peerjs').status).toBe(404);
    expect(get(broker, '/peerjs/').status).toBe(404);
  });

  it('H1: describes the server', () => {
    expect(Object.keys(JSON.parse(get(new TestBroker(), '/').body) as object)).toEqual(['name', 'description', 'website']);
  });

  it('H2: issues a free id for a known key, and an id for an unknown one', () => {
    const ids = ['ann', 'bob', 'free', 'any'];
    const { broker } = pair({}, { peerIds: { generate: () => ids.shift() ?? 'none' } });
    expect(get(broker, '/peerjs/id?ts=1')).toMatchObject({ status: 200, body: 'free' });
    const answer = get(broker, '/nonsense/id', { origin: 'https://a.test' });
    expect([answer.status, answer.body]).toEqual([200, 'any']);
    expect(header(answer, 'access-control-allow-origin')).toBe('https://a.test');
  });

  it('H3, H4: lists the peers of a realm if discovery is enabled', () => {
    expect(get(pair().broker, '/peerjs/peers').status).toBe(401);
    const { broker } = pair({ keys: ['peerjs', 'blue'], allowDiscovery: true });
    broker.connectPeer('eve', { key: 'blue' });
    expect([get(broker, '/peerjs/peers').body, get(broker, '/blue/peers').body]).toEqual(['["ann","bob"]', '["eve"]']);
    expect(get(broker, '/green/peers').status).toBe(401);
  });

  it('H5: answers a preflight on any path', () => {
    const answer = new TestBroker().transport.http('OPTIONS', '/any/where', {
      headers: { origin: 'https://a.test', 'access-control-request-headers': 'x-a' },
    });
    expect([
      answer.status,
      header(answer, 'access-control-allow-origin'),
      header(answer, 'access-control-allow-headers'),
    ]).toEqual([204, 'https://a.test', 'x-a']);
  });

  it.each([
    ['echoed', 'https://a.test', 'Origin'],
    ['any', '*', undefined],
    ['silent', undefined, undefined],
  ] as const)('H6: origins that are %s', (allow, allowed, vary) => {
    const answer = get(new TestBroker({}, { origins: { allow } }), '/nowhere', { origin: 'https://a.test' });
    expect([answer.status, header(answer, 'access-control-allow-origin'), header(answer, 'vary')]).toEqual([404, allowed, vary]);
  });

  it('H7, H8: handles HEAD like GET, and answers other methods with the allowed ones', () => {
    const broker = new TestBroker();
    expect(broker.transport.http('HEAD', '/peerjs/id').status).toBe(200);
    const answer = broker.transport.http('DELETE', '/peerjs/id');
    expect([answer.status, header(answer, 'allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(broker.transport.http('DELETE', '/nowhere').status).toBe(404);
  });

  it('H9: limits requests by address, and sends the time to wait', () => {
    const broker = new TestBroker({ httpRateLimit: 1, httpRateWindow: 60_000 });
    get(broker, '/');
    broker.advance(20_500);
    const answer = get(broker, '/');
    expect([answer.status, header(answer, 'retry-after')]).toEqual([429, '40']);
    expect(broker.transport.http('GET', '/', { address: '192.0.2.9' }).status).toBe(200);
    broker.advance(39_500);
    expect(get(broker, '/').status).toBe(200);
  });

  it('H11: refuses a request target that is too long, and closes the connection', () => {
    const answer = get(new TestBroker({ maxUrlBytes: 10 }), `/${'x'.repeat(10)}`);
    expect([answer.status, header(answer, 'connection')]).toEqual([414, 'close']);
  });
});
