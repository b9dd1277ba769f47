import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

/** Requests of the history that no private update may pass. */
const REPLAY_REQUESTS = { earliest: 'earliest', 'unknown-id': 'urn:uuid:unknown' } as const;

/** MER5, MER7: which updates a replay contains, and how. */
export const MERCURE_HISTORY_CASES = cases([
  {
    id: 'MER5.nothing-asked',
    title: 'an update is published; Ann subscribes without a last event id',
    severity: 'required',
    expected: 'she receives later updates only',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      await hub.publish({ topic, data: 'old' });
      await hub.expectNothing(await hub.openStream('ann', { topic }), topic);
    },
  },
  {
    id: 'MER5.earliest',
    title: 'two updates are published; Ann subscribes with Last-Event-ID: earliest',
    severity: 'required',
    expected: 'she receives both, in order',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      for (const data of ['1', '2']) await hub.publish({ topic, data });
      const ann = await hub.openStream('ann', { topic }, { headers: { 'last-event-id': 'earliest' } });
      const received = (await ann.receiveMany(2)).map(({ data }) => data);
      assertEqual('the data', received, ['1', '2']);
    },
  },
  {
    id: 'MER5.unknown-id',
    title: 'two updates are published; Ann subscribes with a last event id that the hub does not know',
    severity: 'recommended',
    expected: 'she receives both, because a gap loses more than a repetition',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      for (const data of ['1', '2']) await hub.publish({ topic, data });
      const ann = await hub.openStream('ann', { topic }, { headers: { 'last-event-id': uniqueName('urn:unknown') } });
      const received = await hub.receiveDataUntilMarker(ann, topic);
      assertEqual('the data', received, ['1', '2']);
    },
  },
  {
    id: 'MER5.header-before-query',
    title: 'Ann resubscribes like an EventSource: with an old id in the query and a newer one in the header Last-Event-ID',
    severity: 'required',
    expected: 'the header applies, otherwise each reconnect repeats updates',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      const second = await hub.publish({ topic, data: '2' });
      await hub.publish({ topic, data: '3' });
      const [query, headers] = [{ last_event_id: first, lastEventID: first }, { 'last-event-id': second }];
      const ann = await hub.openStream('ann', { topic }, { query, headers });
      const received = await hub.receiveDataUntilMarker(ann, topic);
      assertEqual('the data', received, ['3']);
    },
  },
  {
    id: 'MER5.whole-event',
    title: 'Ann misses an update with an id, a type, a retry and two lines',
    severity: 'required',
    expected: 'the replayed event has all of them',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      const update = { id: uniqueName('urn:id'), data: 'one\ntwo', type: 'alarm', retry: '1500' };
      await hub.publish({ topic, ...update });
      const ann = await hub.openStream('ann', { topic }, { headers: { 'last-event-id': first } });
      const event = { id: update.id, event: 'alarm', retry: '1500', data: 'one\ntwo' };
      assertMembers('frame received by Ann', await ann.receive(), event);
    },
  },
  {
    id: 'MER5.alternate-name',
    title: 'Ann misses an update of two topics; she subscribes to the second one',
    severity: 'required',
    expected: 'the update is replayed',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const first = await hub.publish({ topic: house, data: '1' });
      await hub.publish({ topic: [garden, house], data: '2' });
      const ann = await hub.openStream('ann', { topic: house }, { headers: { 'last-event-id': first } });
      assertEqual('the data', (await ann.receive()).data, '2');
    },
  },
  {
    id: 'MER5.once',
    title: 'Ann misses an update of two topics; she subscribes to both',
    severity: 'required',
    expected: 'the update is replayed once',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const first = await hub.publish({ topic: house, data: '1' });
      await hub.publish({ topic: [garden, house], data: '2' });
      const ann = await hub.openStream('ann', { topic: [garden, house] }, { headers: { 'last-event-id': first } });
      const received = await hub.receiveDataUntilMarker(ann, garden);
      assertEqual('the data', received, ['2']);
    },
  },
  {
    id: 'MER5.by-pattern',
    title: 'Ann misses an update; she subscribes with *',
    severity: 'required',
    expected: 'the update is replayed',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: '1' });
      const missed = await hub.publish({ topic, data: '2' });
      const ann = await hub.openStream('ann', { topic: '*' }, { headers: { 'last-event-id': first } });
      // Other cases publish in parallel.
      const received = (await hub.receiveUntilMarker(ann, topic)).filter(({ id }) => id === missed);
      assertEqual('the number of replayed events with its id', received.length, 1);
    },
  },
  {
    id: 'MER5.same-id',
    title: 'two updates with the same id are published after another one; Ann subscribes with the id before them',
    severity: 'recommended',
    expected: 'she receives both: an id of a publisher need not be unique',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [topic, id] = [uniqueName('topic'), uniqueName('urn:id')];
      const first = await hub.publish({ topic, data: '1' });
      for (const data of ['2', '3']) await hub.publish({ topic, data, id });
      const ann = await hub.openStream('ann', { topic }, { headers: { 'last-event-id': first } });
      const received = await hub.receiveDataUntilMarker(ann, topic);
      assertEqual('the data', received, ['2', '3']);
    },
  },
  ...Object.entries(REPLAY_REQUESTS).map(([name, id]): CaseDraft => ({
    id: `MER7.private-replayed-${name}`,
    title: `a private update is published; a subscriber without a matching claim subscribes with Last-Event-ID: ${id}`,
    severity: 'required',
    expected: 'the private update is not replayed',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      await hub.publish({ topic, data: 'secret', private: 'on' });
      const token = hub.subscriberToken({ subscribe: [uniqueName('other')] });
      const bob = await hub.openStream('bob', { topic }, { token, headers: { 'last-event-id': id } });
      await hub.expectNoPrivateUpdate(bob, topic);
    },
  })),
]);
