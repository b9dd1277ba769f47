import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import {
  expectOnePublication,
  receiveUntilMarker,
  waitForPong,
  relayTarget,
  subscribe,
  connectToRelay,
} from '../topic-relay-client.ts';

const MANY = 100;
const UNKNOWN_REALM_CODE = 1008;

/** REL1, REL2, REL4, REL5: delivery of publications. */
export const TOPIC_RELAY_CASES = cases([
  {
    id: 'REL1.publish',
    title: 'Ann subscribes to a topic; Bob publishes on it',
    severity: 'required',
    expected: 'Ann receives the message',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      bob.send({ type: 'publish', topic, data: { a: [1, null, 'ü'] } });
      assertMembers('frame received by Ann', await ann.receive(), { type: 'publish', topic, data: { a: [1, null, 'ü'] } });
    },
  },
  {
    id: 'REL1.ping',
    title: 'Ann sends a ping',
    severity: 'required',
    expected: 'a pong, and no other frame',
    setup: 'topic relay',
    async run(fixture) {
      const ann = await connectToRelay(fixture, 'ann');
      assertEqual('the response', await ann.send({ type: 'ping' }).receive(), { type: 'pong' });
    },
  },
  {
    id: 'REL1.unsubscribe',
    title: 'Ann subscribes to two topics and unsubscribes from one; Bob publishes on both',
    severity: 'required',
    expected: 'Ann receives the message on the remaining topic only',
    setup: 'topic relay',
    async run(fixture) {
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const [ann, bob] = [await connectToRelay(fixture, 'ann', garden, house), await connectToRelay(fixture, 'bob')];
      await waitForPong(ann.send({ type: 'unsubscribe', topics: [garden] }));
      bob.send({ type: 'publish', topic: garden, data: 1 });
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, house), []);
    },
  },
  {
    id: 'REL1.no-text-among-topics',
    title: 'Ann subscribes with a list that contains a number, null and an object besides a topic',
    severity: 'required',
    expected: 'she is subscribed to the topic',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann'), await connectToRelay(fixture, 'bob')];
      await subscribe(ann, [7, null, { topic }, topic]);
      bob.send({ type: 'publish', topic, data: 1 });
      assertMembers('frame received by Ann', await ann.receive(), { data: 1 });
    },
  },
  {
    id: 'REL1.binary',
    title: 'Ann subscribes and Bob publishes with binary frames',
    severity: 'recommended',
    expected: 'Ann receives the message in a text frame',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann'), await connectToRelay(fixture, 'bob')];
      ann.sendBytes(Buffer.from(JSON.stringify({ type: 'subscribe', topics: [topic] })));
      await waitForPong(ann);
      bob.sendBytes(Buffer.from(JSON.stringify({ type: 'publish', topic, data: 1 })));
      assertEqual('whether it is binary', (await ann.receiveRaw()).isBinary, false);
    },
  },
  {
    id: 'REL1.others-unheard',
    title: 'Ann subscribes to a topic; Bob publishes on similar topics',
    severity: 'required',
    expected: 'Ann receives nothing: topics are compared exactly',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      for (const other of [`${topic} `, `${topic}/`, topic.toUpperCase(), '*', '#']) {
        bob.send({ type: 'publish', topic: other, data: 1 });
      }
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL2.publisher-too',
    title: 'Ann publishes on a topic to which she is subscribed',
    severity: 'required',
    expected: 'she receives her own message',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const ann = await connectToRelay(fixture, 'ann', topic);
      assertMembers('frame received by Ann', await ann.send({ type: 'publish', topic, data: 1 }).receive(), { topic, data: 1 });
    },
  },
  {
    id: 'REL2.count',
    title: 'Ann, Bob and Eve subscribe, Eve disconnects, and another client publishes',
    severity: 'required',
    expected: 'Ann and Bob receive the message with clients: 2',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob', topic)];
      const eve = await connectToRelay(fixture, 'eve', topic);
      await eve.close();
      const zoe = await connectToRelay(fixture, 'zoe');
      zoe.send({ type: 'publish', topic, data: 1 });
      for (const one of [ann, bob]) assertMembers(`frame received by ${one.name}`, await one.receive(), { clients: 2 });
    },
  },
  {
    id: 'REL2.joined-twice',
    title: 'Ann subscribes to the same topic twice; Bob publishes on it',
    severity: 'required',
    expected: 'Ann receives the message once, with clients: 1',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic, topic), await connectToRelay(fixture, 'bob')];
      await subscribe(ann, [topic]);
      await expectOnePublication(ann, bob, topic);
    },
  },
  {
    id: 'REL2.forged-count',
    title: 'Bob publishes a message with a clients member',
    severity: 'recommended',
    expected: 'Ann receives the actual number of subscribers',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      bob.send({ type: 'publish', clients: 99, topic, data: 1 });
      assertMembers('frame received by Ann', await ann.receive(), { data: 1, clients: 1 });
    },
  },
  {
    id: 'REL2.as-it-came',
    title: 'Bob publishes numbers that JavaScript cannot represent, escapes, and __proto__',
    severity: 'recommended',
    expected: 'Ann receives these members byte for byte',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      const members = '"big":12345678901234567890,"e":1.0,"__proto__":{"a":1},"text":"\\u00fc\\/"';
      bob.sendText(`{"type":"publish","topic":"${topic}",${members}}`);
      const text = await ann.receiveText();
      if (text.includes(members)) return;
      assertThat(text.includes(topic), `Ann received ${text}`);
      return loose(`Ann received ${text}`);
    },
  },
  {
    id: 'REL2.order',
    title: `Bob publishes ${MANY} messages on one topic at once`,
    severity: 'required',
    expected: 'Ann receives all of them in order',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      const sent = Array.from({ length: MANY }, (_, n) => n);
      for (const n of sent) bob.send({ type: 'publish', topic, n });
      assertEqual(
        'frame received by Ann',
        (await ann.receiveMany(MANY)).map(({ n }) => n),
        sent,
      );
    },
  },
  {
    id: 'REL4.to-the-others',
    title: 'Ann, Bob and Eve subscribe to a single topic, as Trystero does; Ann publishes a payload',
    severity: 'recommended',
    protocol: 'Trystero',
    expected: 'Bob and Eve receive only topic and payload, Ann receives nothing',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const all = [
        await connectToRelay(fixture, 'ann'),
        await connectToRelay(fixture, 'bob'),
        await connectToRelay(fixture, 'eve'),
      ] as const;
      for (const one of all) await waitForPong(one.send({ type: 'subscribe', topic }));
      const [ann, bob, eve] = all;
      ann.send({ type: 'publish', topic, payload: '{"peerId":"a"}' });
      for (const one of [bob, eve]) {
        assertEqual(`frame received by ${one.name}`, await one.receive(), { topic, payload: '{"peerId":"a"}' });
      }
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL5.realms-apart',
    title: 'Ann and Bob subscribe to the same topic in different realms; Eve publishes on it in the realm of Bob',
    severity: 'recommended',
    expected: 'Bob receives the message, Ann does not',
    setup: 'topic relay with two realms',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [here = '', there = ''] = fixture.server.settings.key ?? [];
      const enters = (name: string, key: string) => fixture.openSocketAt(relayTarget(fixture, `?key=${key}`), name);
      const [ann, bob, eve] = [await enters('ann', here), await enters('bob', there), await enters('eve', there)];
      for (const one of [ann, bob]) await subscribe(one, [topic]);
      eve.send({ type: 'publish', topic, data: 1 });
      assertMembers('frame received by Bob', await bob.receive(), { data: 1, clients: 1 });
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, ann, topic), []);
    },
  },
  {
    id: 'REL5.unknown-realm',
    title: 'a handshake with an unknown realm',
    severity: 'recommended',
    expected: `the socket is closed with ${UNKNOWN_REALM_CODE}`,
    setup: 'topic relay',
    async run(fixture) {
      const rejected = await fixture.openSocketAt(relayTarget(fixture, `?key=${uniqueName('unknown')}`), 'unknown-key');
      assertEqual('the close code', (await rejected.waitForClose()).code, UNKNOWN_REALM_CODE);
    },
  },
]);
