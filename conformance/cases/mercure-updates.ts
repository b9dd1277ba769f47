import { cases, type CaseDraft } from '../case.ts';
import { equals, has, holds, matches } from '../claims.ts';
import { Hub, type Update } from '../hub.ts';
import { fresh } from '../scene.ts';

const TOO_LARGE_BYTES = 1_100_000;
const FOREVER = 'z'.repeat(16);

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
const REFUSED: Readonly<Record<string, (topic: string) => Update>> = {
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
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      const { status, body } = await hub.asksToPublish({ topic, data: '1' });
      equals('the status', status, 200);
      matches('the body', body, /^[^#\s]\S*$/);
      equals('the id', (await ann.hears()).id, body);
    },
  },
  {
    id: 'MER3.id-given',
    title: 'an update with an id is published',
    severity: 'required',
    expected: 'this id is the body, and it is heard with it',
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const id = `urn:uuid:${fresh('id')}`;
      const ann = await hub.listens('ann', { topic });
      equals('the body', await hub.publishes({ topic, data: '1', id }), id);
      equals('the id', (await ann.hears()).id, id);
    },
  },
  {
    id: 'MER3.topic-in-query',
    title: 'an update whose topic stands in the query is published',
    severity: 'recommended',
    expected: 'it is heard',
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      await hub.publishes({ data: '1' }, { query: { topic } });
      equals('the data', (await ann.hears()).data, '1');
    },
  },
  ...Object.entries(REFUSED).map(([name, updateOf]): CaseDraft => ({
    id: `MER3.${name}`,
    title: `${JSON.stringify(updateOf('…'))} is published`,
    severity: name === 'no-topic' ? 'required' : 'recommended',
    expected: '400, and nobody hears it',
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      equals('the status', (await hub.asksToPublish(updateOf(topic))).status, 400);
      await hub.hearsNothing(ann, topic);
    },
  })),
  {
    id: 'MER3.no-form',
    title: 'JSON is posted',
    severity: 'recommended',
    expected: '400 or 415',
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${hub.publisherToken()}` };
      const { status } = await hub.asks({ method: 'POST', headers, body: '{"topic":"a","data":"b"}' });
      holds(status === 400 || status === 415, `it was answered with ${status}`);
    },
  },
  {
    id: 'MER3.bytes-no-text',
    title: 'a form is posted whose bytes, once unescaped, are no UTF-8',
    severity: 'hardening',
    expected: 'an answer, and the hub goes on',
    needs: 'hub',
    pace: 'alone',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${hub.publisherToken()}` };
      for (const body of [`topic=${topic}%ff&data=%ff%fe`, '%', '&&&=', 'topic=%zz']) {
        const { status } = await hub.asks({ method: 'POST', headers, body });
        holds(status === 200 || status === 400, `it was answered with ${status}`);
      }
      await hub.hearsNothing(ann, topic);
    },
  },
  {
    id: 'MER3.too-large',
    title: 'an update is published that is larger than may be',
    severity: 'hardening',
    expected: '413, and nobody hears it',
    needs: 'hub with small bounds',
    pace: 'alone',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      equals('the status', (await hub.asksToPublish({ topic, data: 'x'.repeat(TOO_LARGE_BYTES) })).status, 413);
      await hub.hearsNothing(ann, topic);
    },
  },
  ...Object.entries(UPDATES).map(([name, { update, heard }]): CaseDraft => ({
    id: `MER4.${name}`,
    title: `${JSON.stringify(update)} is published`,
    severity: 'required',
    expected: `${JSON.stringify(heard)} is heard`,
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      await hub.publishes({ topic, ...update });
      has('what Ann hears', await ann.hears(), heard);
    },
  })),
  ...['id', 'type'].map((field): CaseDraft => ({
    id: `MER4.line-end-in-${field}`,
    title: `an update is published whose ${field} has a line end and a field of its own`,
    severity: 'hardening',
    expected: 'it is refused, or no line of it is heard as a field',
    needs: 'hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      for (const end of ['\n', '\r']) {
        await hub.asksToPublish({ topic, data: '1', [field]: `a${end}data: ${FOREVER}${end}${end}` });
      }
      const heard = await hub.hearsBefore(ann, topic);
      holds(!heard.some(({ data }) => data.includes(FOREVER)), 'what stood in another field was heard as data');
    },
  })),
]);
