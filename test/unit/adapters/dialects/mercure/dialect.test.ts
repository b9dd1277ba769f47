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

class MercureBroker extends TestBroker {
  constructor(config: Partial<Config> = { mercureOpen: true }, environment: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    super({ dialects: ['mercure'], ...config }, { peerIds: { generate: () => `id${++count}` }, ...environment });
  }

  subscribe(query: string, headers: Record<string, string> = {}): MemoryClient {
    return this.transport.stream('GET', `${PATH}?${query}`, { headers });
  }

  publish(body: string, headers: Record<string, string> = {}, query = ''): { status: number; body: string } | undefined {
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
    const broker = new MercureBroker();
    const [ann, bob, eve] = [
      broker.subscribe('topic=garden&topic=house'),
      broker.subscribe('topic=*'),
      broker.subscribe('topic=street'),
    ];
    expect([ann.head?.status, ann.received]).toEqual([200, [':\n']]);
    expect(broker.publish('topic=garden&topic=house&data=a%0Ab&id=1&type=t&retry=5')).toMatchObject({ status: 200, body: '1' });
    const event = 'id: 1|event: t|retry: 5|data: a|data: b';
    expect([ann, bob, eve].map(received)).toEqual([[event], [event], []]);
  });

  it('MER3: generates an id if none is given, and reads the topic from the query', () => {
    const broker = new MercureBroker();
    const ann = broker.subscribe('topic=garden');
    const answer = broker.publish('data=AQID', { 'content-type': 'application/x-www-form-urlencoded' }, 'topic=garden');
    expect(answer?.body).toMatch(/^urn:uuid:id\d+$/);
    expect(received(ann)).toEqual([`id: ${answer?.body ?? ''}|data: AQID`]);
  });

  it('MER3: rejects a body that is too large', () => {
    const broker = new MercureBroker({ mercureOpen: true, maxMessageBytes: 100 });
    expect(broker.publish(`topic=a&data=${'x'.repeat(100)}`)?.status).toBe(413);
  });

  it('MER5: replays missed updates after a reconnect, and names the update before the replay', () => {
    const broker = new MercureBroker({ mercureOpen: true, historyMessages: 2 });
    for (const id of [1, 2, 3]) broker.publish(`topic=garden&data=${id}&id=${id}`);
    const known = broker.subscribe('topic=garden', { 'last-event-id': '2' });
    const unknown = broker.subscribe('topic=garden&lastEventID=gone');
    const first = (client: MemoryClient) => client.head?.headers.find(([name]) => name === 'last-event-id')?.[1];
    expect([first(known), received(known)]).toEqual(['2', ['id: 3|data: 3']]);
    expect([first(unknown), received(unknown)]).toEqual(['1', ['id: 2|data: 2', 'id: 3|data: 3']]);
    expect(first(broker.subscribe('topic=garden'))).toBeUndefined();
  });

  it('MER6: accepts the patterns of 0.x and 1.0', () => {
    const broker = new MercureBroker();
    const [template, pattern] = [broker.subscribe('topic=/books/%7Bid%7D'), broker.subscribe('match_urlpattern=/books/*')];
    broker.publish('topic=/books/1&id=1');
    expect([received(template), received(pattern)]).toEqual([['id: 1|data: '], ['id: 1|data: ']]);
  });

  it('MER7: enforces the permissions of tokens', () => {
    const broker = new MercureBroker({ mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET, mercureAnonymous: true });
    const authorization = `Bearer ${token({ publish: ['garden'], subscribe: ['garden'] })}`;
    const [cleared, anonymous] = [broker.subscribe('topic=garden', { authorization }), broker.subscribe('topic=garden')];
    expect(broker.publish('topic=garden&data=key&id=1&private=on', { authorization })?.status).toBe(200);
    expect(broker.publish('topic=garden&data=rain&id=2', { authorization })?.status).toBe(200);
    expect([received(cleared), received(anonymous)]).toEqual([['id: 1|data: key', 'id: 2|data: rain'], ['id: 2|data: rain']]);
    const statuses = [
      broker.publish('topic=garden')?.status,
      broker.publish('topic=house', { authorization })?.status,
      broker.publish('topic=garden', { authorization: `${authorization}x` })?.status,
      broker.subscribe('topic=garden', { authorization: 'Bearer nonsense' }).refusal?.status,
    ];
    expect(statuses).toEqual([401, 403, 401, 401]);
  });

  it('MER7: rejects all requests if no key and no open mode is configured', () => {
    const broker = new MercureBroker({});
    expect([broker.subscribe('topic=a').refusal?.status, broker.publish('topic=a')?.status]).toEqual([401, 401]);
  });

  it('MER8, MER10: lets pages read the response, and pages of listed origins send cookies', () => {
    const corsHeaders = (broker: MercureBroker) => {
      const headers = new Map(broker.subscribe('topic=a', { origin: 'https://a.test' }).head?.headers);
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    };
    const listed = { origins: originsFromList(['https://a.test']) };
    expect([corsHeaders(new MercureBroker()), corsHeaders(new MercureBroker({ mercureOpen: true }, listed))]).toEqual([
      ['https://a.test', undefined],
      ['https://a.test', 'true'],
    ]);
    const preflight = new MercureBroker().transport.http('OPTIONS', PATH, {
      headers: { origin: 'https://a.test', 'access-control-request-headers': 'authorization,cache-control' },
    });
    expect(new Map(preflight.headers).get('access-control-allow-headers')).toBe('authorization,cache-control');
  });

  it('MER10: rejects a cookie from a page whose origin is not listed, with any Host name', () => {
    const broker = new MercureBroker({ mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET });
    const cookie = `mercureAuthorization=${token({ publish: ['*'], subscribe: ['*'] })}`;
    const streamStatus = (headers: Record<string, string>) => broker.subscribe('topic=a', { cookie, ...headers }).refusal?.status;
    const publishStatus = (headers: Record<string, string>) => broker.publish('topic=a', { cookie, ...headers })?.status;
    const [evil, own] = [
      { origin: 'https://evil.test', host: 'evil.test' },
      { origin: 'http://localhost:9000', host: 'localhost:9000' },
    ];
    expect([streamStatus({ ...evil, host: 'hub.test' }), streamStatus(evil), streamStatus(own), streamStatus({})]).toEqual([
      403,
      403,
      undefined,
      undefined,
    ]);
    expect([publishStatus({ ...evil, host: 'hub.test' }), publishStatus(evil), publishStatus({}), publishStatus(own)]).toEqual([
      403, 403, 403, 200,
    ]);
  });

  it('A8: counts tokens that are not valid, and answers 429 after too many, until the minute has passed', () => {
    const keys = { mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET };
    const broker = new MercureBroker({ ...keys, authFailuresPerMinute: 2 });
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
    const good = bearer(token({ publish: ['*'], subscribe: ['*'] }));
    const late = bearer(createSigner({ key: SECRET })({ mercure: { publish: ['*'] }, exp: 1 }));
    const forged = bearer(createSigner({ key: `${SECRET}!` })({ mercure: { publish: ['*'] } }));
    const publish = (headers: Record<string, string>) => broker.publish('topic=a&data=b', headers)?.status;
    expect([late, late, {}, {}, good].map(publish)).toEqual([401, 401, 401, 401, 200]);
    expect([publish(forged), broker.subscribe('topic=a', forged).refusal?.status]).toEqual([401, 401]);
    expect([publish(good), broker.subscribe('topic=a', good).refusal?.status]).toEqual([429, 429]);
    broker.advance(60_000);
    expect(publish(good)).toBe(200);
  });

  it('MER12: sends nothing to a stream after its token expired, and ends it in the next sweep', () => {
    const authenticator: Authenticator = {
      verify: () => ({ type: undefined, claims: { mercure: { publish: ['*'], subscribe: ['*'] } }, lifetime: 5_000 }),
    };
    const broker = new MercureBroker({}, { authenticator });
    const authorization = 'Bearer any';
    const client = broker.subscribe('topic=a', { authorization });
    broker.advance(4_999);
    broker.publish('topic=a&data=before&id=1&private=on', { authorization });
    broker.advance(1);
    broker.publish('topic=a&data=after&id=2', { authorization });
    expect([received(client), client.state]).toEqual([['id: 1|data: before'], 'closed']);
  });

  it('MER5: cuts a replay that exceeds the send buffer at its older end, and reports it', () => {
    const broker = new MercureBroker({ mercureOpen: true, sendBufferBytes: 2_000_000 });
    for (const id of [1, 2, 3]) broker.publish(`topic=garden&id=${id}&data=${'x'.repeat(400_000)}`);
    broker.advance(0);
    const client = broker.subscribe('topic=garden&last_event_id=earliest');
    broker.advance(0);
    expect(client.head?.headers.filter(([name]) => name.endsWith('last-event-id')).map(([, id]) => id)).toEqual(['1', '1']);
    expect([received(client).map((event) => event.slice(0, 5)), client.state]).toEqual([['id: 2', 'id: 3'], 'open']);
  });

  it('MER5: replays missed updates also if another topic has an update with the same id', () => {
    const broker = new MercureBroker();
    broker.publish('topic=garden&id=seen');
    broker.publish('topic=garden&id=missed');
    broker.publish('topic=other&id=seen');
    expect(broker.publish('topic=other&id=earliest')?.status).toBe(400);
    for (const since of ['seen', 'earliest']) {
      expect(received(broker.subscribe(`topic=garden&last_event_id=${since}`)).at(-1)).toContain('id: missed');
    }
  });

  it('MER9: sends a comment at each heartbeat', () => {
    const broker = new MercureBroker({ mercureOpen: true, streamHeartbeat: 40_000 });
    const client = broker.subscribe('topic=a');
    broker.advance(40_000);
    expect(client.received).toEqual([':\n', ':\n']);
  });

  it('MER9: ends a stream that reads too slowly, and no other', () => {
    const broker = new MercureBroker();
    const [slow, quick] = [broker.subscribe('topic=a'), broker.subscribe('topic=a')];
    slow.stopReading();
    for (let count = 0; count < 10; count++) {
      broker.publish(`topic=a&data=${'x'.repeat(900_000)}`);
      broker.advance(0);
    }
    slow.startReading();
    expect([slow.state, quick.state, received(quick).length]).toEqual(['closed', 'open', 10]);
  });

  it('accepts a trailing slash, rejects other methods, and answers 404 if it is not served', () => {
    const broker = new MercureBroker();
    expect([broker.transport.http('DELETE', PATH).status, broker.transport.http('GET', `${PATH}/`).status]).toEqual([405, 400]);
    expect(new TestBroker().transport.http('GET', PATH).status).toBe(404);
    expect(broker.transport.connect({ path: PATH }).refusal?.status).toBe(404);
  });
});
