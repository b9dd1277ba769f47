import { createSigner } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import type { Authenticator } from '../../../../../src/application/ports/authenticator.ts';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import type { BrokerEnvironment } from '../../../../../src/composition/broker-environment.ts';
import { originsFromList } from '../../../../../src/composition/origins.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

const PATH = '/.well-known/mercure';
const SECRET = 'a secret of the tests, long enough to be one';
const token = (mercure: object): string => createSigner({ key: SECRET })({ mercure });

class MercureHouse extends TestBroker {
  constructor(config: Partial<Config> = { mercureOpen: true }, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    super({ dialects: ['mercure'], ...config }, { peerIds: { generate: () => `id${++count}` }, ...surroundings });
  }

  listens(query: string, headers: Record<string, string> = {}): MemoryClient {
    return this.transport.stream('GET', `${PATH}?${query}`, { headers });
  }

  publishes(body: string, headers: Record<string, string> = {}, query = ''): { status: number; body: string } | undefined {
    const exchange = this.transport.request('POST', `${PATH}?${query}`, { body, headers });
    this.transport.settle();
    return exchange.answered;
  }
}

/** The received events, each on one line. */
const received = ({ received: texts }: MemoryClient): string[] =>
  texts
    .join('')
    .split('\n\n')
    .map((event) => event.replace(/^:\n/gm, '').replaceAll('\n', '|'))
    .filter((event) => event !== '');

describe('Mercure', () => {
  it('MER1, MER4: sends an update once to each subscribed stream', () => {
    const house = new MercureHouse();
    const [ann, bob, eve] = [house.listens('topic=garden&topic=house'), house.listens('topic=*'), house.listens('topic=street')];
    expect([ann.head?.status, ann.received]).toEqual([200, [':\n']]);
    expect(house.publishes('topic=garden&topic=house&data=a%0Ab&id=1&type=t&retry=5')).toMatchObject({ status: 200, body: '1' });
    const event = 'id: 1|event: t|retry: 5|data: a|data: b';
    expect([ann, bob, eve].map(received)).toEqual([[event], [event], []]);
  });

  it('MER3: generates an id if none is given, and reads the topic from the query', () => {
    const house = new MercureHouse();
    const ann = house.listens('topic=garden');
    const answer = house.publishes('data=AQID', { 'content-type': 'application/x-www-form-urlencoded' }, 'topic=garden');
    expect(answer?.body).toMatch(/^urn:uuid:id\d+$/);
    expect(received(ann)).toEqual([`id: ${answer?.body ?? ''}|data: AQID`]);
  });

  it('MER3: rejects a body that is too large', () => {
    const house = new MercureHouse({ mercureOpen: true, maxMessageBytes: 100 });
    expect(house.publishes(`topic=a&data=${'x'.repeat(100)}`)?.status).toBe(413);
  });

  it('MER5: replays missed updates after a reconnect, and names the update before the replay', () => {
    const house = new MercureHouse({ mercureOpen: true, historyMessages: 2 });
    for (const id of [1, 2, 3]) house.publishes(`topic=garden&data=${id}&id=${id}`);
    const known = house.listens('topic=garden', { 'last-event-id': '2' });
    const unknown = house.listens('topic=garden&lastEventID=gone');
    const first = (far: MemoryClient) => far.head?.headers.find(([name]) => name === 'last-event-id')?.[1];
    expect([first(known), received(known)]).toEqual(['2', ['id: 3|data: 3']]);
    expect([first(unknown), received(unknown)]).toEqual(['1', ['id: 2|data: 2', 'id: 3|data: 3']]);
    expect(first(house.listens('topic=garden'))).toBeUndefined();
  });

  it('MER6: accepts the patterns of 0.x and 1.0', () => {
    const house = new MercureHouse();
    const [template, pattern] = [house.listens('topic=/books/%7Bid%7D'), house.listens('match_urlpattern=/books/*')];
    house.publishes('topic=/books/1&id=1');
    expect([received(template), received(pattern)]).toEqual([['id: 1|data: '], ['id: 1|data: ']]);
  });

  it('MER7: enforces the permissions of tokens', () => {
    const house = new MercureHouse({ mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET, mercureAnonymous: true });
    const authorization = `Bearer ${token({ publish: ['garden'], subscribe: ['garden'] })}`;
    const [cleared, anonymous] = [house.listens('topic=garden', { authorization }), house.listens('topic=garden')];
    expect(house.publishes('topic=garden&data=key&id=1&private=on', { authorization })?.status).toBe(200);
    expect(house.publishes('topic=garden&data=rain&id=2', { authorization })?.status).toBe(200);
    expect([received(cleared), received(anonymous)]).toEqual([['id: 1|data: key', 'id: 2|data: rain'], ['id: 2|data: rain']]);
    const statuses = [
      house.publishes('topic=garden')?.status,
      house.publishes('topic=house', { authorization })?.status,
      house.publishes('topic=garden', { authorization: `${authorization}x` })?.status,
      house.listens('topic=garden', { authorization: 'Bearer nonsense' }).refusal?.status,
    ];
    expect(statuses).toEqual([401, 403, 401, 401]);
  });

  it('MER7: rejects all requests if no key and no open mode is configured', () => {
    const house = new MercureHouse({});
    expect([house.listens('topic=a').refusal?.status, house.publishes('topic=a')?.status]).toEqual([401, 401]);
  });

  it('MER8, MER10: lets pages read the response, and pages of listed origins send cookies', () => {
    const told = (house: MercureHouse) => {
      const headers = new Map(house.listens('topic=a', { origin: 'https://a.test' }).head?.headers);
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    };
    const listed = { origins: originsFromList(['https://a.test']) };
    expect([told(new MercureHouse()), told(new MercureHouse({ mercureOpen: true }, listed))]).toEqual([
      ['https://a.test', undefined],
      ['https://a.test', 'true'],
    ]);
    const preflight = new MercureHouse().transport.http('OPTIONS', PATH, {
      headers: { origin: 'https://a.test', 'access-control-request-headers': 'authorization,cache-control' },
    });
    expect(new Map(preflight.headers).get('access-control-allow-headers')).toBe('authorization,cache-control');
  });

  it('MER10: rejects a cookie from a page whose origin is not listed, with any Host name', () => {
    const house = new MercureHouse({ mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET });
    const cookie = `mercureAuthorization=${token({ publish: ['*'], subscribe: ['*'] })}`;
    const statusFor = (headers: Record<string, string>) => house.listens('topic=a', { cookie, ...headers }).refusal?.status;
    const publishedFor = (headers: Record<string, string>) => house.publishes('topic=a', { cookie, ...headers })?.status;
    const [evil, own] = [
      { origin: 'https://evil.test', host: 'evil.test' },
      { origin: 'http://localhost:9000', host: 'localhost:9000' },
    ];
    expect([statusFor({ ...evil, host: 'hub.test' }), statusFor(evil), statusFor(own), statusFor({})]).toEqual([
      403,
      403,
      undefined,
      undefined,
    ]);
    expect([publishedFor({ ...evil, host: 'hub.test' }), publishedFor(evil), publishedFor({}), publishedFor(own)]).toEqual([
      403, 403, 403, 200,
    ]);
  });

  it('MER12: sends nothing to a stream after its token expired, and ends it in the next sweep', () => {
    const authenticator: Authenticator = {
      verify: () => ({ type: undefined, claims: { mercure: { publish: ['*'], subscribe: ['*'] } }, lifetime: 5_000 }),
    };
    const house = new MercureHouse({}, { authenticator });
    const authorization = 'Bearer any';
    const far = house.listens('topic=a', { authorization });
    house.advance(4_999);
    house.publishes('topic=a&data=before&id=1&private=on', { authorization });
    house.advance(1);
    house.publishes('topic=a&data=after&id=2', { authorization });
    expect([received(far), far.state]).toEqual([['id: 1|data: before'], 'closed']);
  });

  it('MER5: cuts a replay that exceeds the send buffer at its older end, and reports it', () => {
    const house = new MercureHouse({ mercureOpen: true, sendBufferBytes: 2_000_000 });
    for (const id of [1, 2, 3]) house.publishes(`topic=garden&id=${id}&data=${'x'.repeat(400_000)}`);
    house.advance(0);
    const far = house.listens('topic=garden&last_event_id=earliest');
    house.advance(0);
    expect(far.head?.headers.filter(([name]) => name.endsWith('last-event-id')).map(([, id]) => id)).toEqual(['1', '1']);
    expect([received(far).map((event) => event.slice(0, 5)), far.state]).toEqual([['id: 2', 'id: 3'], 'open']);
  });

  it('MER5: replays missed updates also if another topic has an update with the same id', () => {
    const house = new MercureHouse();
    house.publishes('topic=garden&id=seen');
    house.publishes('topic=garden&id=missed');
    house.publishes('topic=other&id=seen');
    expect(house.publishes('topic=other&id=earliest')?.status).toBe(400);
    for (const since of ['seen', 'earliest']) {
      expect(received(house.listens(`topic=garden&last_event_id=${since}`)).at(-1)).toContain('id: missed');
    }
  });

  it('MER9: sends a comment at each heartbeat', () => {
    const house = new MercureHouse({ mercureOpen: true, streamHeartbeat: 40_000 });
    const far = house.listens('topic=a');
    house.advance(40_000);
    expect(far.received).toEqual([':\n', ':\n']);
  });

  it('MER9: ends a stream that reads too slowly, and no other', () => {
    const house = new MercureHouse();
    const [slow, quick] = [house.listens('topic=a'), house.listens('topic=a')];
    slow.stopReading();
    for (let count = 0; count < 10; count++) {
      house.publishes(`topic=a&data=${'x'.repeat(900_000)}`);
      house.advance(0);
    }
    slow.startReading();
    expect([slow.state, quick.state, received(quick).length]).toEqual(['closed', 'open', 10]);
  });

  it('accepts a trailing slash, rejects other methods, and answers 404 if it is not served', () => {
    const house = new MercureHouse();
    expect([house.transport.http('DELETE', PATH).status, house.transport.http('GET', `${PATH}/`).status]).toEqual([405, 400]);
    expect(new TestBroker().transport.http('GET', PATH).status).toBe(404);
    expect(house.transport.connect({ path: PATH }).refusal?.status).toBe(404);
  });
});
