import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, formatValue } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const MANY = 40;

/** Where a client can send the id of its last event. */
const LAST_EVENT_ID_PLACES = {
  header: (id: string) => ({ headers: { 'last-event-id': id } }),
  query: (id: string) => ({ query: { lastEventID: id } }),
  'query-name-with-underscores': (id: string) => ({ query: { last_event_id: id } }),
} as const;

const PLACE_NAMES: Readonly<Record<string, string>> = {
  header: 'the header Last-Event-ID',
  query: 'the query parameter lastEventID',
  'query-name-with-underscores': 'the query parameter last_event_id',
};

/** MER5: replay of missed updates. */
export const MERCURE_REPLAY_CASES = cases([
  ...Object.entries(LAST_EVENT_ID_PLACES).map(([name, comingBackWith]): CaseDraft => ({
    id: `MER5.${name}`,
    title: `three updates are published; Ann subscribes with the id of the first one in ${PLACE_NAMES[name]}`,
    severity: name === 'header' ? 'required' : 'recommended',
    ...(name === 'header' ? {} : { protocol: name === 'query' ? 'Mercure 0.x' : 'Mercure 1.0' }),
    expected: 'she receives the second and the third update, then new ones',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
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
    title: 'Ann resubscribes with her last event id after an update on another topic',
    severity: 'required',
    expected: 'she does not receive the update',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      await hub.publish({ topic: uniqueName('other'), data: '2' });
      await hub.expectNothing(await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(first)), topic);
    },
  },
  {
    id: 'MER5.says-where-it-begins',
    title: 'Ann resubscribes to a hub that has kept all updates since her last event id',
    severity: 'recommended',
    expected: 'Last-Event-ID of the response is her last event id',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
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
    title: 'Ann resubscribes with a last event id that the hub no longer has',
    severity: 'recommended',
    expected:
      'Last-Event-ID of the response is another id, so the client can detect the gap, and she receives the kept updates in order',
    setup: 'hub with short history',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '0' });
      const many = fixture.setting('history_messages') + 2;
      for (let n = 1; n <= many; n++) await hub.publish({ topic, data: String(n) });
      const ann = await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(first));
      const named = ann.headers['last-event-id'];
      assertThat(named !== undefined && named !== first, `Last-Event-ID is ${formatValue(named)}, although updates are missing`);
      const received = (await hub.receiveUntilMarker(ann, topic)).map(({ data }) => Number(data));
      assertEqual(
        'the received updates',
        received,
        Array.from({ length: received.length }, (_, n) => many - received.length + 1 + n),
      );
    },
  },
  {
    id: 'MER5.no-gap',
    title: `Ann resubscribes repeatedly while ${MANY} updates are published`,
    severity: 'required',
    expected: 'she receives each update exactly once, in order',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      let last = await hub.publish({ topic, data: '-1' });
      const publishing = (async () => {
        for (let n = 0; n < MANY; n++) await hub.publish({ topic, data: String(n) });
      })();
      const received: string[] = [];
      while (received.length < MANY) {
        const ann = await hub.openStream('ann', { topic }, LAST_EVENT_ID_PLACES.header(last));
        const events = await ann.receiveMany(Math.min(3, MANY - received.length));
        ann.terminate();
        received.push(...events.map(({ data }) => data));
        last = events.at(-1)?.id ?? last;
      }
      await publishing;
      assertEqual(
        'the data',
        received,
        Array.from({ length: MANY }, (_, n) => String(n)),
      );
    },
  },
]);
