import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, assertMatch } from '../assertions.ts';
import { HubClient, type Update } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const TOO_LARGE_BYTES = 1_100_000;
const INJECTED_DATA = 'z'.repeat(16);

/** Each one: what is published, and what of it is heard. */
const UPDATES = {
  'empty-data': { update: { data: '' }, heard: { data: '' } },
  'no-data': { update: {}, heard: { data: '' } },
  unicode: { update: { data: 'ü \u{1f600} 𝒳' }, heard: { data: 'ü \u{1f600} 𝒳' } },
  'spaces-in-front': { update: { data: '  two' }, heard: { data: '  two' } },
  'like-a-field': { update: { data: 'id: 7\n\ndata: more' }, heard: { data: 'id: 7\n\ndata: more' } },
  lines: { update: { data: 'one\ntwo\n' }, heard: { data: 'one\ntwo\n' } },
  'line-ends': { update: { data: 'one\r\ntwo\rthree' }, heard: { data: 'one\ntwo\nthree' } },
  type: { update: { data: '1', type: 'alarm' }, heard: { event: 'alarm', data: '1' } },
  retry: { update: { data: '1', retry: '1500' }, heard: { retry: '1500', data: '1' } },
} as const;

/** Forms that are no updates. */
const INVALID_UPDATES: Readonly<Record<string, (topic: string) => Update>> = {
  'no-topic': () => ({ data: '1' }),
  'reserved-id': (topic) => ({ topic, data: '1', id: '#one' }),
  'retry-no-number': (topic) => ({ topic, data: '1', retry: 'soon' }),
};

/** MER3, MER4: who publishes, and what comes of it. */
export const MERCURE_UPDATE_CASES = cases([
  {
    id: 'MER3.id-made',
    title: 'an update without an id is published',
    severity: 'required',
    expected: '200, and the body is the id that it is heard with',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const { status, body } = await hub.requestPublish({ topic, data: '1' });
      assertEqual('the status', status, 200);
      assertMatch('the body', body, /^[^#\s]\S*$/);
      assertEqual('the id', (await ann.receive()).id, body);
    },
  },
  {
    id: 'MER3.id-given',
    title: 'an update with an id is published',
    severity: 'required',
    expected: 'this id is the body, and it is heard with it',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const id = `urn:uuid:${uniqueName('id')}`;
      const ann = await hub.openStream('ann', { topic });
      assertEqual('the body', await hub.publish({ topic, data: '1', id }), id);
      assertEqual('the id', (await ann.receive()).id, id);
    },
  },
  {
    id: 'MER3.topic-in-query',
    title: 'an update whose topic stands in the query is published',
    severity: 'recommended',
    expected: 'it is heard',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ data: '1' }, { query: { topic } });
      assertEqual('the data', (await ann.receive()).data, '1');
    },
  },
  ...Object.entries(INVALID_UPDATES).map(([name, updateOf]): CaseDraft => ({
    id: `MER3.${name}`,
    title: `${JSON.stringify(updateOf('…'))} is published`,
    severity: name === 'no-topic' ? 'required' : 'recommended',
    expected: '400, and nobody hears it',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      assertEqual('the status', (await hub.requestPublish(updateOf(topic))).status, 400);
      await hub.expectNothing(ann, topic);
    },
  })),
  {
    id: 'MER3.no-form',
    title: 'JSON is posted',
    severity: 'recommended',
    expected: '400 or 415',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${hub.publisherToken()}` };
      const { status } = await hub.request({ method: 'POST', headers, body: '{"topic":"a","data":"b"}' });
      assertThat(status === 400 || status === 415, `it was answered with ${status}`);
    },
  },
  {
    id: 'MER3.bytes-no-text',
    title: 'a form is posted whose bytes, once unescaped, are no UTF-8',
    severity: 'hardening',
    expected: 'an answer, and the hub goes on',
    setup: 'hub',
    pace: 'alone',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${hub.publisherToken()}` };
      for (const body of [`topic=${topic}%ff&data=%ff%fe`, '%', '&&&=', 'topic=%zz']) {
        const { status } = await hub.request({ method: 'POST', headers, body });
        assertThat(status === 200 || status === 400, `it was answered with ${status}`);
      }
      await hub.expectNothing(ann, topic);
    },
  },
  {
    id: 'MER3.too-large',
    title: 'an update is published that is larger than may be',
    severity: 'hardening',
    expected: '413, and nobody hears it',
    setup: 'hub with small bounds',
    pace: 'alone',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      assertEqual('the status', (await hub.requestPublish({ topic, data: 'x'.repeat(TOO_LARGE_BYTES) })).status, 413);
      await hub.expectNothing(ann, topic);
    },
  },
  ...Object.entries(UPDATES).map(([name, { update, heard }]): CaseDraft => ({
    id: `MER4.${name}`,
    title: `${JSON.stringify(update)} is published`,
    severity: 'required',
    expected: `${JSON.stringify(heard)} is heard`,
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, ...update });
      assertMembers('what Ann hears', await ann.receive(), heard);
    },
  })),
  ...['id', 'type'].map((field): CaseDraft => ({
    id: `MER4.line-end-in-${field}`,
    title: `an update is published whose ${field} has a line end and a field of its own`,
    severity: 'hardening',
    expected: 'it is refused, or no line of it is heard as a field',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      for (const end of ['\n', '\r']) {
        await hub.requestPublish({ topic, data: '1', [field]: `a${end}data: ${INJECTED_DATA}${end}${end}` });
      }
      const heard = await hub.receiveUntilMarker(ann, topic);
      assertThat(!heard.some(({ data }) => data.includes(INJECTED_DATA)), 'what stood in another field was heard as data');
    },
  })),
]);
