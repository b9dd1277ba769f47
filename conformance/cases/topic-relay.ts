import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { receiveUntilMarker, waitForPong, relayTarget, subscribe, connectToRelay } from '../topic-relay-client.ts';

const MANY = 100;
const UNKNOWN_REALM_CODE = 1008;

/** REL1, REL2, REL4, REL5: who hears what. */
export const TOPIC_RELAY_CASES = cases([
  {
    id: 'REL1.publish',
    title: 'Ann listens to a topic, and Bob publishes to it',
    severity: 'required',
    expected: 'Ann hears it',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob')];
      bob.send({ type: 'publish', topic, data: { a: [1, null, 'ü'] } });
      assertMembers('what Ann hears', await ann.receive(), { type: 'publish', topic, data: { a: [1, null, 'ü'] } });
    },
  },
  {
    id: 'REL1.ping',
    title: 'Ann pings',
    severity: 'required',
    expected: 'a pong, and nothing else',
    setup: 'topic relay',
    async run(scene) {
      const ann = await connectToRelay(scene, 'ann');
      assertEqual('the answer', await ann.send({ type: 'ping' }).receive(), { type: 'pong' });
    },
  },
  {
    id: 'REL1.unsubscribe',
    title: 'Ann listens to two topics, and parts from one; Bob publishes to both',
    severity: 'required',
    expected: 'Ann hears the other one only',
    setup: 'topic relay',
    async run(scene) {
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const [ann, bob] = [await connectToRelay(scene, 'ann', garden, house), await connectToRelay(scene, 'bob')];
      await waitForPong(ann.send({ type: 'unsubscribe', topics: [garden] }));
      bob.send({ type: 'publish', topic: garden, data: 1 });
      assertEqual('what Ann hears before the mark', await receiveUntilMarker(ann, bob, house), []);
    },
  },
  {
    id: 'REL1.no-text-among-topics',
    title: 'Ann subscribes to a list with a number, null and an object beside a topic',
    severity: 'required',
    expected: 'she listens to the topic',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann'), await connectToRelay(scene, 'bob')];
      await subscribe(ann, [7, null, { topic }, topic]);
      bob.send({ type: 'publish', topic, data: 1 });
      assertMembers('what Ann hears', await ann.receive(), { data: 1 });
    },
  },
  {
    id: 'REL1.binary',
    title: 'Ann subscribes and Bob publishes by binary frames',
    severity: 'recommended',
    expected: 'Ann hears it, as text',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann'), await connectToRelay(scene, 'bob')];
      ann.sendBytes(Buffer.from(JSON.stringify({ type: 'subscribe', topics: [topic] })));
      await waitForPong(ann);
      bob.sendBytes(Buffer.from(JSON.stringify({ type: 'publish', topic, data: 1 })));
      assertEqual('whether it is binary', (await ann.receiveRaw()).isBinary, false);
    },
  },
  {
    id: 'REL1.others-unheard',
    title: 'Ann listens to a topic, and Bob publishes to names that are much like it',
    severity: 'required',
    expected: 'Ann hears nothing',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob')];
      for (const other of [`${topic} `, `${topic}/`, topic.toUpperCase(), '*', '#']) {
        bob.send({ type: 'publish', topic: other, data: 1 });
      }
      assertEqual('what Ann hears before the mark', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL2.publisher-too',
    title: 'Ann publishes to what she listens to herself',
    severity: 'required',
    expected: 'she hears it, too',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const ann = await connectToRelay(scene, 'ann', topic);
      assertMembers('what she hears', await ann.send({ type: 'publish', topic, data: 1 }).receive(), { topic, data: 1 });
    },
  },
  {
    id: 'REL2.count',
    title: 'Ann, Bob and Eve listen, Eve leaves, and somebody else publishes',
    severity: 'required',
    expected: 'Ann and Bob hear that 2 clients listen',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob', topic)];
      const eve = await connectToRelay(scene, 'eve', topic);
      await eve.close();
      const zoe = await connectToRelay(scene, 'zoe');
      zoe.send({ type: 'publish', topic, data: 1 });
      for (const one of [ann, bob]) assertMembers(`what ${one.name} hears`, await one.receive(), { clients: 2 });
    },
  },
  {
    id: 'REL2.joined-twice',
    title: 'Ann subscribes to the same topic twice, and Bob publishes to it',
    severity: 'required',
    expected: 'Ann hears it once, and that she alone listens',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic, topic), await connectToRelay(scene, 'bob')];
      await subscribe(ann, [topic]);
      bob.send({ type: 'publish', topic, data: 1 });
      const [first, ...more] = await receiveUntilMarker(ann, bob, topic);
      assertMembers('what Ann hears', first, { data: 1, clients: 1 });
      assertEqual('what she hears then', more, []);
    },
  },
  {
    id: 'REL2.forged-count',
    title: 'Bob publishes with a number of clients of his own',
    severity: 'recommended',
    expected: 'Ann hears the true one',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob')];
      bob.send({ type: 'publish', clients: 99, topic, data: 1 });
      assertMembers('what Ann hears', await ann.receive(), { data: 1, clients: 1 });
    },
  },
  {
    id: 'REL2.as-it-came',
    title: 'Bob publishes numbers that JavaScript can not hold, escapes, and __proto__',
    severity: 'recommended',
    expected: 'Ann hears them as they were written',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob')];
      const members = '"big":12345678901234567890,"e":1.0,"__proto__":{"a":1},"text":"\\u00fc\\/"';
      bob.sendText(`{"type":"publish","topic":"${topic}",${members}}`);
      const text = await ann.receiveText();
      if (text.includes(members)) return;
      assertThat(text.includes(topic), `Ann heard ${text}`);
      return loose(`Ann heard ${text}`);
    },
  },
  {
    id: 'REL2.order',
    title: `Bob publishes ${MANY} times to one topic, at once`,
    severity: 'required',
    expected: 'Ann hears all in this order',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob')];
      const sent = Array.from({ length: MANY }, (_, n) => n);
      for (const n of sent) bob.send({ type: 'publish', topic, n });
      assertEqual(
        'what Ann hears',
        (await ann.receiveMany(MANY)).map(({ n }) => n),
        sent,
      );
    },
  },
  {
    id: 'REL4.to-the-others',
    title: 'Ann, Bob and Eve subscribe as Trystero does, by one topic each, and Ann publishes a payload',
    severity: 'recommended',
    expected: 'Bob and Eve hear topic and payload and nothing more, Ann hears nothing',
    setup: 'topic relay',
    async run(scene) {
      const topic = uniqueName('topic');
      const all = [
        await connectToRelay(scene, 'ann'),
        await connectToRelay(scene, 'bob'),
        await connectToRelay(scene, 'eve'),
      ] as const;
      for (const one of all) await waitForPong(one.send({ type: 'subscribe', topic }));
      const [ann, bob, eve] = all;
      ann.send({ type: 'publish', topic, payload: '{"peerId":"a"}' });
      for (const one of [bob, eve])
        {assertEqual(`what ${one.name} hears`, await one.receive(), { topic, payload: '{"peerId":"a"}' });}
      assertEqual('what Ann hears before the mark', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL5.realms-apart',
    title: 'Ann and Bob listen to one topic in different realms, and Eve publishes to it in that of Bob',
    severity: 'recommended',
    expected: 'Bob hears it, Ann does not',
    setup: 'topic relay of two realms',
    async run(scene) {
      const topic = uniqueName('topic');
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const enters = (name: string, key: string) => scene.openSocketAt(relayTarget(scene, `?key=${key}`), name);
      const [ann, bob, eve] = [await enters('ann', here), await enters('bob', there), await enters('eve', there)];
      for (const one of [ann, bob]) await subscribe(one, [topic]);
      eve.send({ type: 'publish', topic, data: 1 });
      assertMembers('what Bob hears', await bob.receive(), { data: 1, clients: 1 });
      assertEqual('what Ann hears before the mark', await receiveUntilMarker(ann, ann, topic), []);
    },
  },
  {
    id: 'REL5.unknown-realm',
    title: 'somebody names a realm that is not known',
    severity: 'recommended',
    expected: `closed with ${UNKNOWN_REALM_CODE}`,
    setup: 'topic relay',
    async run(scene) {
      const stranger = await scene.openSocketAt(relayTarget(scene, `?key=${uniqueName('unknown')}`), 'stranger');
      assertEqual('the code', (await stranger.waitForClose()).code, UNKNOWN_REALM_CODE);
    },
  },
]);
