import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, formatValue } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const MANY = 40;

/** Where an id of before may stand. */
const LAST_EVENT_ID_PLACES = {
  header: (id: string) => ({ headers: { 'last-event-id': id } }),
  query: (id: string) => ({ query: { lastEventID: id } }),
} as const;

/** MER5: who comes back. */
export const MERCURE_REPLAY_CASES = cases([
  ...Object.entries(LAST_EVENT_ID_PLACES).map(([name, comingBackWith]): CaseDraft => ({
    id: `MER5.${name}`,
    title: `Ann knows the first of three updates, and says so in the ${name}`,
    severity: 'required',
    expected: 'she hears the second and the third, then what is new',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      await hub.publish({ topic, data: '2' });
      await hub.publish({ topic, data: '3' });
      const ann = await hub.openStream('ann', { topic }, comingBackWith(first));
      await hub.publish({ topic, data: '4' });
      assertEqual(
        'the data',
        (await ann.receiveMany(3)).map(({ data }) => data),
        ['2', '3', '4'],
      );
    },
  })),
  {
    id: 'MER5.others-unheard',
    title: 'Ann comes back, and another topic was published to meanwhile',
    severity: 'required',
    expected: 'she hears nothing of it',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      await hub.publish({ topic: uniqueName('other'), data: '2' });
      await hub.expectNothing(await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(first)), topic);
    },
  },
  {
    id: 'MER5.says-where-it-begins',
    title: 'Ann comes back to a hub that has all that she missed',
    severity: 'recommended',
    expected: 'the answer names the same update in last-event-id',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      assertEqual(
        'last-event-id',
        (await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(first))).headers['last-event-id'],
        first,
      );
    },
  },
  {
    id: 'MER5.forgotten',
    title: 'Ann comes back to a hub that has forgotten the update that she knows',
    severity: 'recommended',
    expected: 'the answer names another update, and she hears what is kept, in order',
    setup: 'hub that forgets',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '0' });
      const many = scene.setting('history_messages') + 2;
      for (let n = 1; n <= many; n++) await hub.publish({ topic, data: String(n) });
      const ann = await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(first));
      const named = ann.headers['last-event-id'];
      assertThat(named !== undefined && named !== first, `last-event-id is ${formatValue(named)}, though something is missing`);
      const heard = (await hub.receiveUntilMarker(ann, topic)).map(({ data }) => Number(data));
      assertEqual(
        'what is heard',
        heard,
        Array.from({ length: heard.length }, (_, n) => many - heard.length + 1 + n),
      );
    },
  },
  {
    id: 'MER5.no-gap',
    title: `Ann comes back again and again while ${MANY} updates are published`,
    severity: 'required',
    expected: 'she hears each of them once, in order',
    setup: 'hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      let last = await hub.publish({ topic, data: '-1' });
      const publishing = (async () => {
        for (let n = 0; n < MANY; n++) await hub.publish({ topic, data: String(n) });
      })();
      const heard: string[] = [];
      while (heard.length < MANY) {
        const ann = await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(last));
        const events = await ann.receiveMany(Math.min(3, MANY - heard.length));
        ann.terminate();
        heard.push(...events.map(({ data }) => data));
        last = events.at(-1)?.id ?? last;
      }
      await publishing;
      assertEqual(
        'the data',
        heard,
        Array.from({ length: MANY }, (_, n) => String(n)),
      );
    },
  },
]);
