import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, assertMatch } from '../assertions.ts';
import { HubClient, type Update } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const TOO_LARGE_BYTES = 1_100_000;
const INJECTED_DATA = 'z'.repeat(16);

/** Each entry: the published form and the expected event. */
const UPDATES = {
  'empty-data': { update: { data: '' }, event: { data: '' } },
  'no-data': { update: {}, event: { data: '' } },
  unicode: { update: { data: 'ü \u{1f600} 𝒳' }, event: { data: 'ü \u{1f600} 𝒳' } },
  'spaces-in-front': { update: { data: '  two' }, event: { data: '  two' } },
  'like-a-field': { update: { data: 'id: 7\n\ndata: more' }, event: { data: 'id: 7\n\ndata: more' } },
  lines: { update: { data: 'one\ntwo\n' }, event: { data: 'one\ntwo\n' } },
  'line-ends': { update: { data: 'one\r\ntwo\rthree' }, event: { data: 'one\ntwo\nthree' } },
  type: { update: { data: '1', type: 'alarm' }, event: { event: 'alarm', data: '1' } },
  retry: { update: { data: '1', retry: '1500' }, event: { retry: '1500', data: '1' } },
} as const;

/** Invalid forms. */
const INVALID_UPDATES: Readonly<Record<string, (topic: string) => Update>> = {
  'no-topic': () => ({ data: '1' }),
  'reserved-id': (topic) => ({ topic, data: '1', id: '#one' }),
  'retry-no-number': (topic) => ({ topic, data: '1', retry: 'soon' }),
};

/** MER3, MER4: publishing. */
export const MERCURE_UPDATE_CASES = cases([
  {
    id: 'MER3.id-made',
    title: 'an update without an id is published',
    severity: 'required',
    expected: '200, the body is a generated id, and the event has the same id',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
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
    expected: 'the body and the event have this id',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const id = `urn:uuid:${uniqueName('id')}`;
      const ann = await hub.openStream('ann', { topic });
      assertEqual('the body', await hub.publish({ topic, data: '1', id }), id);
      assertEqual('the id', (await ann.receive()).id, id);
    },
  },
  {
    id: 'MER3.topic-in-query',
    title: 'an update with the topic in the query is published',
    severity: 'recommended',
    expected: 'the update is delivered',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
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
    expected: '400, and nothing is delivered',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      assertEqual('the status', (await hub.requestPublish(updateOf(topic))).status, 400);
      await hub.expectNothing(ann, topic);
    },
  })),
  {
    id: 'MER3.no-form',
    title: 'a POST with a JSON body',
    severity: 'recommended',
    expected: '400 or 415',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${hub.publisherToken()}` };
      const { status } = await hub.request({ method: 'POST', headers, body: '{"topic":"a","data":"b"}' });
      assertThat(status === 400 || status === 415, `the server answered with ${status}`);
    },
  },
  {
    id: 'MER3.bytes-no-text',
    title: 'a POST with a form whose decoded values are not valid UTF-8',
    severity: 'hardening',
    expected: '200 or 400, and the hub keeps running',
    setup: 'hub',
    pace: 'alone',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${hub.publisherToken()}` };
      for (const body of [`topic=${topic}%ff&data=%ff%fe`, '%', '&&&=', 'topic=%zz']) {
        const { status } = await hub.request({ method: 'POST', headers, body });
        assertThat(status === 200 || status === 400, `the server answered with ${status}`);
      }
      await hub.expectNothing(ann, topic);
    },
  },
  {
    id: 'MER3.too-large',
    title: 'an update above the size limit is published',
    severity: 'hardening',
    expected: '413, and the update is not delivered',
    setup: 'hub with low limits',
    pace: 'alone',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      assertEqual('the status', (await hub.requestPublish({ topic, data: 'x'.repeat(TOO_LARGE_BYTES) })).status, 413);
      await hub.expectNothing(ann, topic);
    },
  },
  ...Object.entries(UPDATES).map(([name, { update, event }]): CaseDraft => ({
    id: `MER4.${name}`,
    title: `${JSON.stringify(update)} is published`,
    severity: 'required',
    expected: `the event ${JSON.stringify(event)} arrives`,
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, ...update });
      assertMembers('frame received by Ann', await ann.receive(), event);
    },
  })),
  ...['id', 'type'].map((field): CaseDraft => ({
    id: `MER4.line-end-in-${field}`,
    title: `an update is published whose ${field} contains a line break and an additional field`,
    severity: 'hardening',
    expected: 'the update is refused, or the additional field is not part of the event, which prevents event injection',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      for (const end of ['\n', '\r']) {
        await hub.requestPublish({ topic, data: '1', [field]: `a${end}data: ${INJECTED_DATA}${end}${end}` });
      }
      const events = await hub.receiveUntilMarker(ann, topic);
      assertThat(!events.some(({ data }) => data.includes(INJECTED_DATA)), 'the additional field was received as data');
    },
  })),
]);
