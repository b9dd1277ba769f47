import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, assertMatch } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

const MANY = 50;
const BIG_BYTES = 40_000;
/** More than the socket buffers of both sides hold. */
const BIG_UPDATES = 600;

/** Each entry: a selector, a topic that matches it, and a topic that does not. */
const SELECTORS = {
  all: { selector: { topic: '*' }, matching: 'http://topics.example/a', other: undefined },
  'very-name': { selector: { topic: 'a b/ü' }, matching: 'a b/ü', other: 'a b/u' },
  template: {
    selector: { topic: 'http://topics.example/{id}' },
    matching: 'http://topics.example/1',
    other: 'http://topics.example/1/2',
  },
  'template-with-dot': {
    selector: { topic: 'http://topics.example/a.b/{id}' },
    matching: 'http://topics.example/a.b/1',
    other: 'http://topics.example/axb/1',
  },
  'match-exact': {
    selector: { match_exact: 'http://topics.example/{exact}' },
    matching: 'http://topics.example/{exact}',
    other: 'http://topics.example/1',
  },
  match: {
    selector: { match: 'http://topics.example/{id}' },
    matching: 'http://topics.example/{id}',
    other: 'http://topics.example/1',
  },
  'url-pattern': {
    selector: { match_urlpattern: 'https://topics.example/gardens/:id' },
    matching: 'https://topics.example/gardens/1',
    other: 'https://topics.example/houses/1',
  },
} as const;

/** Selectors that only some versions of Mercure have. */
const PROTOCOLS: Readonly<Record<string, Pick<CaseDraft, 'protocol'>>> = {
  template: { protocol: 'Mercure 0.x' },
  'template-with-dot': { protocol: 'Mercure 0.x' },
  'match-exact': { protocol: 'Mercure 1.0' },
  match: { protocol: 'Mercure 1.0' },
  'url-pattern': { protocol: 'Mercure 1.0' },
};

/** MER1, MER2, MER4, MER6, MER9: subscriptions. */
export const MERCURE_STREAM_CASES = cases([
  {
    id: 'MER1.head',
    title: 'Ann subscribes',
    severity: 'required',
    expected: '200 with the content type text/event-stream',
    setup: 'hub',
    async run(fixture) {
      const { status, headers } = await new HubClient(fixture).requestStream('ann', { topic: uniqueName('topic') });
      assertEqual('the status', status, 200);
      assertMatch('content-type', headers['content-type'], /^text\/event-stream\b/);
    },
  },
  {
    id: 'MER1.not-kept',
    title: 'Ann subscribes with Accept-Encoding: gzip, br',
    severity: 'recommended',
    expected:
      'Cache-Control includes no-cache or no-store, and the stream is not compressed, because a cache or a compressor could delay events',
    setup: 'hub',
    async run(fixture) {
      const headers = { 'accept-encoding': 'gzip, br' };
      const stream = await new HubClient(fixture).openStream('ann', { topic: uniqueName('topic') }, { headers });
      assertMatch('cache-control', stream.headers['cache-control'], /no-cache|no-store/);
      assertEqual('content-encoding', stream.headers['content-encoding'], undefined);
    },
  },
  {
    id: 'MER1.opens-at-once',
    title: 'Ann subscribes, and no update is published',
    severity: 'recommended',
    expected: 'a comment arrives immediately, so a client that waits for the first byte knows that it is subscribed',
    setup: 'hub',
    async run(fixture) {
      await (await new HubClient(fixture).openStream('ann', { topic: uniqueName('topic') })).waitForComments(1);
    },
  },
  {
    id: 'MER1.several-topics',
    title: 'Ann subscribes to two topics; an update is published on each',
    severity: 'required',
    expected: 'she receives both updates',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const ann = await hub.openStream('ann', { topic: [garden, house] });
      await hub.publish({ topic: garden, data: '1' });
      await hub.publish({ topic: house, data: '2' });
      assertEqual('the data', [(await ann.receive()).data, (await ann.receive()).data], ['1', '2']);
    },
  },
  {
    id: 'MER1.slash-at-end',
    title: 'Ann subscribes with a trailing slash in the path',
    severity: 'recommended',
    expected: '200',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const headers = { authorization: `Bearer ${hub.subscriberToken()}` };
      const stream = await fixture.openStream({ name: 'ann', target: `${hub.path}/?topic=${uniqueName('topic')}`, headers });
      assertEqual('the status', stream.status, 200);
    },
  },
  {
    id: 'MER2.no-topic',
    title: 'Ann subscribes without a topic',
    severity: 'required',
    expected: '400',
    setup: 'hub',
    async run(fixture) {
      assertEqual('the status', (await new HubClient(fixture).requestStream('ann', {})).status, 400);
    },
  },
  {
    id: 'MER4.others-unheard',
    title: 'Ann subscribes to one topic; an update is published on another one',
    severity: 'required',
    expected: 'she does not receive the update',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic: `${topic}/below`, data: '1' });
      await hub.expectNothing(ann, topic);
    },
  },
  {
    id: 'MER4.alternate-name',
    title: 'Ann and Bob subscribe to one of two topics each; one update is published on both topics',
    severity: 'required',
    expected: 'both receive the update',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const [ann, bob] = [await hub.openStream('ann', { topic: garden }), await hub.openStream('bob', { topic: house })];
      await hub.publish({ topic: [garden, house], data: '1' });
      assertEqual('the data', [(await ann.receive()).data, (await bob.receive()).data], ['1', '1']);
    },
  },
  {
    id: 'MER4.once',
    title: 'Ann subscribes to two topics and a matching template; one update is published on both topics',
    severity: 'required',
    expected: 'she receives the update once',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const place = `http://topics.example/${uniqueName('place')}`;
      const [garden, house] = [`${place}/garden`, `${place}/house`];
      const ann = await hub.openStream('ann', { topic: [garden, house, `${place}/{name}`] });
      await hub.publish({ topic: [garden, house], data: '1' });
      assertEqual('the data', (await ann.receive()).data, '1');
      await hub.expectNothing(ann, garden);
    },
  },
  {
    id: 'MER4.order',
    title: `${MANY} updates are published one after the other`,
    severity: 'required',
    expected: 'the updates arrive in order',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const sent = Array.from({ length: MANY }, (_, n) => String(n));
      for (const data of sent) await hub.publish({ topic, data });
      const received = (await ann.receiveMany(MANY)).map(({ data }) => data);
      assertEqual('the data', received, sent);
    },
  },
  ...Object.entries(SELECTORS).map(([name, { selector, matching, other }]): CaseDraft => ({
    id: `MER6.${name}`,
    title: `Ann subscribes with ${JSON.stringify(selector)}; an update is published on ${matching}${other === undefined ? '' : `, after one on ${other}`}`,
    severity: name in PROTOCOLS ? 'recommended' : 'required',
    ...PROTOCOLS[name],
    expected: other === undefined ? 'she receives the update' : 'she receives the update on the matching topic only',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const ann = await hub.openStream('ann', selector);
      const data = uniqueName('word');
      if (other !== undefined) await hub.publish({ topic: other, data: `not ${data}` });
      await hub.publish({ topic: matching, data });
      // Other cases publish on the same topics in parallel.
      for (let word = ''; word !== data; word = (await ann.receive()).data) {
        assertThat(word !== `not ${data}`, `the update on ${other} was received`);
      }
    },
  })),
  ...Object.entries({ 'regular-expression': 'https://a.example/(a+)+', 'no-pattern': 'https://a.example/{' }).map(
    ([name, pattern]): CaseDraft => ({
      id: `MER6.${name}`,
      title: `Ann subscribes with match_urlpattern=${pattern}`,
      severity: 'recommended',
      protocol: 'Mercure 1.0',
      expected: '400',
      setup: 'hub',
      async run(fixture) {
        assertEqual('the status', (await new HubClient(fixture).requestStream('ann', { match_urlpattern: pattern })).status, 400);
      },
    }),
  ),
  {
    id: 'MER9.heartbeat',
    title: 'Ann subscribes, and no update is published for a while',
    severity: 'recommended',
    expected: 'comments arrive periodically, so that proxies keep the connection open',
    setup: 'hub with short heartbeat',
    async run(fixture) {
      await (await new HubClient(fixture).openStream('ann', { topic: uniqueName('topic') })).waitForComments(3);
    },
  },
  {
    id: 'MER9.cut',
    title: 'Ann and Bob subscribe; the connection of Ann is destroyed while updates are published',
    severity: 'hardening',
    expected: 'Bob receives all updates',
    setup: 'hub',
    pace: 'alone',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const [ann, bob] = [await hub.openStream('ann', { topic }), await hub.openStream('bob', { topic })];
      for (let n = 0; n < MANY; n++) {
        await hub.publish({ topic, data: String(n) });
        if (n === MANY / 2) ann.terminate();
      }
      assertEqual('the last data', (await bob.receiveMany(MANY)).at(-1)?.data, String(MANY - 1));
    },
  },
  {
    id: 'MER9.slow-reader',
    title: `Ann and Bob subscribe; Ann stops reading while ${(BIG_UPDATES * BIG_BYTES) / 1e6} MB of updates are published`,
    severity: 'hardening',
    expected: 'Bob receives all updates, and the stream of Ann is ended to limit the memory',
    setup: 'hub with low limits',
    pace: 'alone',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const [ann, bob] = [await hub.openStream('ann', { topic }), await hub.openStream('bob', { topic })];
      ann.pauseReading();
      const data = 'x'.repeat(BIG_BYTES);
      for (let n = 0; n < BIG_UPDATES; n++) {
        await hub.publish({ topic, data });
        assertMembers('frame received by Bob', await bob.receive(), { data });
      }
      ann.resumeReading();
      await ann.waitForClose();
      if (ann.unread.length === BIG_UPDATES) throw new Dangerous('the server buffered all updates for Ann');
    },
  },
]);
