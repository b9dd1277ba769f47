import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../src/application/ports/http.ts';
import { LinesDialect } from '../../../examples/lines-dialect/dialect.ts';
import type { HttpRoute } from '../../../src/application/ports/requests.ts';
import { originsFromList } from '../../../src/composition/origins.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';
import { LinesBroker } from '../../support/lines-broker.ts';

const header = ({ headers }: HttpResponse, name: string) => headers.find(([other]) => other === name)?.[1];
const get = (house: TestBroker, target: string, headers = {}) => house.transport.http('GET', target, { headers });

describe('the HTTP desk, where a dialect streams', () => {
  it('T3: begins a stream with what its dialect says, and CORS', () => {
    const far = new LinesBroker().transport.stream('GET', '/lines?topic=a', { headers: { origin: 'https://a.test' } });
    expect(far.head?.headers).toContainEqual(['access-control-allow-origin', 'https://a.test']);
    expect([far.head?.status, far.received.slice(0, 2)]).toEqual([200, ['# listening\n', '# you are id1\n']]);
  });

  it('what can be known before is told with a status', () => {
    const house = new LinesBroker({ concurrentLimit: 1, topicsPerConnection: 1, maxConnections: 2 });
    expect([house.openStream().refusal?.status, house.openStream('a', 'b').refusal?.status]).toEqual([400, 403]);
    expect(house.transport.stream('GET', '/lines?topic=a&key=none').refusal?.status).toBe(404);
    house.openStream('a');
    expect(house.openStream('a').refusal?.status).toBe(503);
  });

  it('a stream counts as a connection, and its end ends that', () => {
    const house = new LinesBroker({ maxConnections: 1 });
    const far = house.openStream('a');
    expect(house.openStream('a').refusal).toMatchObject({ status: 503, body: 'Too many connections' });
    far.cut();
    expect(house.openStream('a').state).toBe('open');
  });

  it('O10: pages of other origins get no stream where origins are listed', () => {
    const house = new LinesBroker({}, { origins: originsFromList(['https://a.test']) });
    const listening = (origin: string) => house.transport.stream('GET', '/lines?topic=a', { headers: { origin } });
    expect([listening('https://a.test').state, listening('https://b.test').refusal?.status]).toEqual(['open', 403]);
  });

  it('O10: pages of other origins change nothing where origins are listed, and may ask', () => {
    const house = new LinesBroker({ legacyXhr: true }, { origins: originsFromList(['https://a.test']) });
    const posting = (target: string, headers: Record<string, string>): number | undefined => {
      const exchange = house.transport.request('POST', target, { body: 'x', headers });
      house.transport.settle();
      return exchange.answered?.status;
    };
    const [evil, listed] = [{ origin: 'https://evil.test', host: 'hub.test' }, { origin: 'https://a.test' }];
    expect([posting('/lines?topic=a', evil), posting('/lines?topic=a', listed), posting('/lines?topic=a', {})]).toEqual([
      403, 204, 204,
    ]);
    for (const route of ['offer', 'answer', 'candidate', 'leave', 'id']) {
      expect(posting(`/peerjs/ann/t/${route}`, evil)).toBe(403);
    }
    expect(house.transport.http('GET', '/peerjs/id', { headers: evil }).status).toBe(200);
  });

  it('MER8: a preflight is told the methods of its path', () => {
    const answer = new LinesBroker().transport.http('OPTIONS', '/lines', { headers: { origin: 'https://a.test' } });
    expect(header(answer, 'access-control-allow-methods')).toBe('GET,POST');
  });

  it('promise 6: a fault behind a body is a 500, and is logged', () => {
    const house = new LinesBroker({}, { moreDialects: [new BrokenDialect('/lines')] });
    expect([house.publish('a', 'x'), house.eventNames]).toEqual([500, ['fault', 'request-refused']]);
  });

  it('MER9: a stream is told something now and then', () => {
    const house = new LinesBroker({ streamHeartbeat: 40_000 });
    const far = house.openStream('a');
    house.advance(40_000);
    expect(far.received.at(-1)).toBe('#\n');
  });
});

/** Falls over any body. */
class BrokenDialect extends LinesDialect {
  override route(): HttpRoute {
    const then = (): never => {
      throw new Error('a bug');
    };
    return { methods: ['POST'], handle: () => ({ action: 'read-body', maxBytes: 10, then }) };
  }
}

describe('the HTTP desk', () => {
  it('H16: a path of sockets without an upgrade is answered 426, with the reason; other methods and paths are not there', () => {
    const house = new TestBroker();
    const answer = get(house, '/peerjs', { origin: 'https://a.test' });
    expect([answer.status, header(answer, 'upgrade'), header(answer, 'connection')]).toEqual([426, 'websocket', 'upgrade']);
    expect(answer.body).toContain('pass on the headers Upgrade and Connection');
    expect(header(answer, 'access-control-allow-origin')).toBe('https://a.test');
    expect(house.transport.http('POST', '/peerjs').status).toBe(404);
    expect(get(house, '/peerjs/').status).toBe(404);
  });

  it('H1: says what it is', () => {
    expect(Object.keys(JSON.parse(get(new TestBroker(), '/').body) as object)).toEqual(['name', 'description', 'website']);
  });

  it('H2: gives out an id that nobody has, of a key that it knows', () => {
    const ids = ['ann', 'bob', 'free'];
    const { house } = pair({}, { peerIds: { generate: () => ids.shift() ?? 'none' } });
    expect(get(house, '/peerjs/id?ts=1')).toMatchObject({ status: 200, body: 'free' });
    expect(get(house, '/nonsense/id')).toMatchObject({ status: 401, body: 'Invalid key provided' });
  });

  it('H3, H4: lists the peers of a realm where discovery is on', () => {
    expect(get(pair().house, '/peerjs/peers').status).toBe(401);
    const { house } = pair({ keys: ['peerjs', 'blue'], allowDiscovery: true });
    house.connectPeer('eve', { key: 'blue' });
    expect([get(house, '/peerjs/peers').body, get(house, '/blue/peers').body]).toEqual(['["ann","bob"]', '["eve"]']);
    expect(get(house, '/green/peers').status).toBe(401);
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

  it('H7, H8: HEAD goes where GET goes, other methods are told what is allowed', () => {
    const house = new TestBroker();
    expect(house.transport.http('HEAD', '/peerjs/id').status).toBe(200);
    const answer = house.transport.http('DELETE', '/peerjs/id');
    expect([answer.status, header(answer, 'allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(house.transport.http('DELETE', '/nowhere').status).toBe(404);
  });

  it('H9: counts requests by address, and says how long to wait', () => {
    const house = new TestBroker({ httpRateLimit: 1, httpRateWindow: 60_000 });
    get(house, '/');
    house.advance(20_500);
    const answer = get(house, '/');
    expect([answer.status, header(answer, 'retry-after')]).toEqual([429, '40']);
    expect(house.transport.http('GET', '/', { address: '192.0.2.9' }).status).toBe(200);
    house.advance(39_500);
    expect(get(house, '/').status).toBe(200);
  });

  it('H11: refuses a target that is too long, and closes', () => {
    const answer = get(new TestBroker({ maxUrlBytes: 10 }), `/${'x'.repeat(10)}`);
    expect([answer.status, header(answer, 'connection')]).toEqual([414, 'close']);
  });
});
