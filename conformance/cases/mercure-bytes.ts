import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMatch, assertMembers } from '../assertions.ts';
import { FORM_TYPE, HubClient } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const LARGE_CHARACTERS = 10_000;
const MANY = 20;

/** Data that survives only if the hub neither changes its bytes nor splits it at other characters than CR and LF. */
const DATA = {
  'unusual-line-ends': 'a\u2028b\u2029c\u0085d\u000be\u000cf\u001cg',
  'null-character': 'a\u0000b',
  'byte-order-mark': '\ufeffa',
  'line-end-first': '\none',
  'spaces-at-end': 'one  ',
  'colon-first': ': no comment',
  html: '<a href="x">&amp;</a>',
  json: '{"big":12345678901234567890,"one":1.0,"empty":{},"list":[],"slash":"\\/"}',
} as const;

/** MER3, MER4: bytes, ids and content types. */
export const MERCURE_BYTE_CASES = cases([
  {
    id: 'MER3.form-with-charset',
    title: `an update is published with the content type ${FORM_TYPE};charset=UTF-8`,
    severity: 'required',
    expected: 'the update is delivered: browsers send this content type',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, data: 'ü' }, { headers: { 'content-type': `${FORM_TYPE};charset=UTF-8` } });
      assertEqual('the data', (await ann.receive()).data, 'ü');
    },
  },
  {
    id: 'MER3.form-escapes',
    title: 'a form with + for a blank, and with escapes in lower case',
    severity: 'required',
    expected: 'the data is decoded as by a browser',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const headers = { 'content-type': FORM_TYPE, authorization: `Bearer ${hub.publisherToken()}` };
      const body = `topic=${topic}&data=a+b%2bc%26d%3de%25%c3%bc`;
      const { status } = await hub.request({ method: 'POST', headers, body });
      assertEqual('the status', status, 200);
      assertEqual('the data', (await ann.receive()).data, 'a b+c&d=e%ü');
    },
  },
  {
    id: 'MER3.ids-differ',
    title: `${MANY} updates without an id are published at once`,
    severity: 'required',
    expected: `${MANY} different ids`,
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ids = await Promise.all(Array.from({ length: MANY }, () => hub.publish({ topic, data: '1' })));
      assertEqual('the number of different ids', new Set(ids).size, MANY);
    },
  },
  {
    id: 'MER3.empty-id',
    title: 'an update with an empty id is published',
    severity: 'recommended',
    expected: 'the hub generates an id: an empty one resets the last event id of an EventSource',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const id = await hub.publish({ topic, data: '1', id: '' });
      assertMatch('the body', id, /^[^#\s]\S*$/);
      assertEqual('the id', (await ann.receive()).id, id);
    },
  },
  {
    id: 'MER3.id-earliest',
    title: 'an update with the id earliest is published',
    severity: 'recommended',
    expected: '400: the id has a meaning for replays',
    setup: 'hub',
    async run(fixture) {
      const { status } = await new HubClient(fixture).requestPublish({ topic: uniqueName('topic'), data: '1', id: 'earliest' });
      assertEqual('the status', status, 400);
    },
  },
  {
    id: 'MER3.id-as-text',
    title: 'an update is published',
    severity: 'recommended',
    expected: 'the content type of the response is text/plain, so that no browser interprets the id',
    setup: 'hub',
    async run(fixture) {
      const { headers } = await new HubClient(fixture).requestPublish({ topic: uniqueName('topic'), data: '1' });
      assertMatch('content-type', headers['content-type'], /^text\/plain\b/);
    },
  },
  ...Object.entries(DATA).map(([name, data]): CaseDraft => ({
    id: `MER4.${name}`,
    title: `${JSON.stringify(data)} is published`,
    severity: 'required',
    expected: 'the same data arrives in one event',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, data });
      assertMembers('frame received by Ann', await ann.receive(), { data });
    },
  })),
  {
    id: 'MER4.large',
    title: `${LARGE_CHARACTERS} characters of two to four bytes are published`,
    severity: 'required',
    expected: 'the same data arrives, also if it takes several packets',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const data = 'ü€\u{1f600}'.repeat(LARGE_CHARACTERS / 4);
      await hub.publish({ topic, data });
      const received = (await ann.receive()).data;
      assertEqual('whether the data is the same', received === data, true);
    },
  },
  {
    id: 'MER4.similar-topics',
    title: 'Ann subscribes to a topic; updates are published on similar topics',
    severity: 'required',
    expected: 'she receives none of them: topics are compared exactly',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('http://topics.example/é');
      const ann = await hub.openStream('ann', { topic });
      const similar = [topic.toUpperCase(), ` ${topic}`, `${topic}/`, `${topic}?a`, topic.normalize('NFD'), encodeURI(topic)];
      for (const other of similar) await hub.publish({ topic: other, data: other });
      await hub.expectNothing(ann, topic);
    },
  },
  {
    id: 'MER4.same-order',
    title: `Ann and Bob subscribe; ${MANY} updates are published at once`,
    severity: 'recommended',
    expected: 'both receive them in the same order',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const [ann, bob] = [await hub.openStream('ann', { topic }), await hub.openStream('bob', { topic })];
      await Promise.all(Array.from({ length: MANY }, (_, n) => hub.publish({ topic, data: String(n) })));
      const [mine, his] = [await ann.receiveMany(MANY), await bob.receiveMany(MANY)];
      assertEqual(
        'the ids that Bob received',
        his.map(({ id }) => id),
        mine.map(({ id }) => id),
      );
    },
  },
]);
