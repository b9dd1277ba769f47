import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, assertMatch } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

const MANY = 50;
const BIG_BYTES = 40_000;
/** Far beyond what the kernels on the way keep for somebody who reads nothing. */
const BIG_UPDATES = 600;

/** Each one: what is listened to, what then is heard, and what is not. */
const SELECTORS = {
  all: { listening: { topic: '*' }, heard: 'http://topics.example/a', unheard: undefined },
  'very-name': { listening: { topic: 'a b/ü' }, heard: 'a b/ü', unheard: 'a b/u' },
  template: {
    listening: { topic: 'http://topics.example/{id}' },
    heard: 'http://topics.example/1',
    unheard: 'http://topics.example/1/2',
  },
  match: {
    listening: { match: 'http://topics.example/{id}' },
    heard: 'http://topics.example/{id}',
    unheard: 'http://topics.example/1',
  },
  'url-pattern': {
    listening: { match_urlpattern: 'https://topics.example/gardens/:id' },
    heard: 'https://topics.example/gardens/1',
    unheard: 'https://topics.example/houses/1',
  },
} as const;

/** MER1, MER2, MER4, MER6, MER9: who listens. */
export const MERCURE_STREAM_CASES = cases([
  {
    id: 'MER1.head',
    title: 'a stream is asked for',
    severity: 'required',
    expected: '200, and text/event-stream',
    setup: 'hub',
    async run(scene) {
      const { status, headers } = await new HubClient(scene).requestStream('ann', { topic: uniqueName('topic') });
      assertEqual('the status', status, 200);
      assertMatch('content-type', headers['content-type'], /^text\/event-stream\b/);
    },
  },
  {
    id: 'MER1.not-kept',
    title: 'a stream is asked for, by somebody who reads gzip',
    severity: 'recommended',
    expected: 'cache-control says no-cache or no-store, and nothing is pressed',
    setup: 'hub',
    async run(scene) {
      const headers = { 'accept-encoding': 'gzip, br' };
      const stream = await new HubClient(scene).openStream('ann', { topic: uniqueName('topic') }, { headers });
      assertMatch('cache-control', stream.headers['cache-control'], /no-cache|no-store/);
      assertEqual('content-encoding', stream.headers['content-encoding'], undefined);
    },
  },
  {
    id: 'MER1.opens-at-once',
    title: 'a stream is asked for, and nobody publishes',
    severity: 'recommended',
    expected: 'a comment comes, so that whoever waits for the first byte knows',
    setup: 'hub',
    async run(scene) {
      await (await new HubClient(scene).openStream('ann', { topic: uniqueName('topic') })).waitForComments(1);
    },
  },
  {
    id: 'MER1.several-topics',
    title: 'Ann listens to two topics, and each is published to',
    severity: 'required',
    expected: 'she hears both',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const ann = await hub.openStream('ann', { topic: [garden, house] });
      await hub.publish({ topic: garden, data: '1' });
      await hub.publish({ topic: house, data: '2' });
      assertEqual('the data', [(await ann.receive()).data, (await ann.receive()).data], ['1', '2']);
    },
  },
  {
    id: 'MER1.slash-at-end',
    title: 'a stream is asked for with a slash at the end of the path',
    severity: 'recommended',
    expected: '200',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const headers = { authorization: `Bearer ${hub.subscriberToken()}` };
      const stream = await scene.openStream({ name: 'ann', target: `${hub.path}/?topic=${uniqueName('topic')}`, headers });
      assertEqual('the status', stream.status, 200);
    },
  },
  {
    id: 'MER2.no-topic',
    title: 'a stream is asked for without a topic',
    severity: 'required',
    expected: '400',
    setup: 'hub',
    async run(scene) {
      assertEqual('the status', (await new HubClient(scene).requestStream('ann', {})).status, 400);
    },
  },
  {
    id: 'MER4.others-unheard',
    title: 'Ann listens to one topic, and another one is published to',
    severity: 'required',
    expected: 'she hears nothing',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic: `${topic}/below`, data: '1' });
      await hub.expectNothing(ann, topic);
    },
  },
  {
    id: 'MER4.alternate-name',
    title: 'Ann and Bob listen to one name each of an update that has two',
    severity: 'required',
    expected: 'both hear it',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const [ann, bob] = [await hub.openStream('ann', { topic: garden }), await hub.openStream('bob', { topic: house })];
      await hub.publish({ topic: [garden, house], data: '1' });
      assertEqual('the data', [(await ann.receive()).data, (await bob.receive()).data], ['1', '1']);
    },
  },
  {
    id: 'MER4.once',
    title: 'Ann listens to both names of an update, and to a template that fits both',
    severity: 'required',
    expected: 'she hears it once',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
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
    title: `${MANY} updates, one after the other`,
    severity: 'required',
    expected: 'they are heard in this order',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const sent = Array.from({ length: MANY }, (_, n) => String(n));
      for (const data of sent) await hub.publish({ topic, data });
      const heard = (await ann.receiveMany(MANY)).map(({ data }) => data);
      assertEqual('the data', heard, sent);
    },
  },
  ...Object.entries(SELECTORS).map(([name, { listening, heard, unheard }]): CaseDraft => ({
    id: `MER6.${name}`,
    title: `Ann listens by ${JSON.stringify(listening)}, and ${heard} is published to${unheard === undefined ? '' : `, after ${unheard}`}`,
    severity: name === 'match' || name === 'url-pattern' ? 'recommended' : 'required',
    expected: unheard === undefined ? 'she hears it' : 'she hears the last only',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const ann = await hub.openStream('ann', listening);
      const data = uniqueName('word');
      if (unheard !== undefined) await hub.publish({ topic: unheard, data: `not ${data}` });
      await hub.publish({ topic: heard, data });
      // Other cases use these names, too.
      for (let word = ''; word !== data; word = (await ann.receive()).data)
        {assertThat(word !== `not ${data}`, `${unheard} is heard`);}
    },
  })),
  ...Object.entries({ 'regular-expression': 'https://a.example/(a+)+', 'no-pattern': 'https://a.example/{' }).map(
    ([name, pattern]): CaseDraft => ({
      id: `MER6.${name}`,
      title: `a stream is asked for by match_urlpattern=${pattern}`,
      severity: 'recommended',
      expected: '400',
      setup: 'hub',
      async run(scene) {
        assertEqual('the status', (await new HubClient(scene).requestStream('ann', { match_urlpattern: pattern })).status, 400);
      },
    }),
  ),
  {
    id: 'MER9.heartbeat',
    title: 'Ann listens, and nobody publishes for a while',
    severity: 'recommended',
    expected: 'comments come again and again',
    setup: 'hub that is heard',
    async run(scene) {
      await (await new HubClient(scene).openStream('ann', { topic: uniqueName('topic') })).waitForComments(3);
    },
  },
  {
    id: 'MER9.cut',
    title: 'Ann is cut while much is published to what she and Bob listen to',
    severity: 'hardening',
    expected: 'Bob hears all of it',
    setup: 'hub',
    pace: 'alone',
    async run(scene) {
      const hub = new HubClient(scene);
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
    title: `Ann stops reading, and ${(BIG_UPDATES * BIG_BYTES) / 1e6} MB are published to what she and Bob listen to`,
    severity: 'hardening',
    expected: 'Bob hears all of it, and the stream of Ann is ended',
    setup: 'hub with small bounds',
    pace: 'alone',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const [ann, bob] = [await hub.openStream('ann', { topic }), await hub.openStream('bob', { topic })];
      ann.pauseReading();
      const data = 'x'.repeat(BIG_BYTES);
      for (let n = 0; n < BIG_UPDATES; n++) {
        await hub.publish({ topic, data });
        assertMembers('what Bob hears', await bob.receive(), { data });
      }
      ann.resumeReading();
      await ann.waitForClose();
      if (ann.unread.length === BIG_UPDATES) throw new Dangerous('all of it was kept for Ann');
    },
  },
]);
