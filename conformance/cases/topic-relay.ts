import { cases } from '../case.ts';
import { equals, has, holds } from '../claims.ts';
import { loose } from '../outcomes.ts';
import { fresh } from '../scene.ts';
import { hearsBeforeMark, isAnswered, relayTarget, subscribes, visits } from '../visitors.ts';

const MANY = 100;
const UNKNOWN_REALM = 1008;

/** REL1, REL2, REL4, REL5: who hears what. */
export const TOPIC_RELAY_CASES = cases([
  {
    id: 'REL1.publish',
    title: 'Ann listens to a topic, and Bob publishes to it',
    severity: 'required',
    expected: 'Ann hears it',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob')];
      bob.sends({ type: 'publish', topic, data: { a: [1, null, 'ü'] } });
      has('what Ann hears', await ann.hears(), { type: 'publish', topic, data: { a: [1, null, 'ü'] } });
    },
  },
  {
    id: 'REL1.ping',
    title: 'Ann pings',
    severity: 'required',
    expected: 'a pong, and nothing else',
    needs: 'topic relay',
    async run(scene) {
      const ann = await visits(scene, 'ann');
      equals('the answer', await ann.sends({ type: 'ping' }).hears(), { type: 'pong' });
    },
  },
  {
    id: 'REL1.unsubscribe',
    title: 'Ann listens to two topics, and parts from one; Bob publishes to both',
    severity: 'required',
    expected: 'Ann hears the other one only',
    needs: 'topic relay',
    async run(scene) {
      const [garden, house] = [fresh('garden'), fresh('house')];
      const [ann, bob] = [await visits(scene, 'ann', garden, house), await visits(scene, 'bob')];
      await isAnswered(ann.sends({ type: 'unsubscribe', topics: [garden] }));
      bob.sends({ type: 'publish', topic: garden, data: 1 });
      equals('what Ann hears before the mark', await hearsBeforeMark(ann, bob, house), []);
    },
  },
  {
    id: 'REL1.no-text-among-topics',
    title: 'Ann subscribes to a list with a number, null and an object beside a topic',
    severity: 'required',
    expected: 'she listens to the topic',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann'), await visits(scene, 'bob')];
      await subscribes(ann, [7, null, { topic }, topic]);
      bob.sends({ type: 'publish', topic, data: 1 });
      has('what Ann hears', await ann.hears(), { data: 1 });
    },
  },
  {
    id: 'REL1.binary',
    title: 'Ann subscribes and Bob publishes by binary frames',
    severity: 'recommended',
    expected: 'Ann hears it, as text',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann'), await visits(scene, 'bob')];
      ann.sendsBytes(Buffer.from(JSON.stringify({ type: 'subscribe', topics: [topic] })));
      await isAnswered(ann);
      bob.sendsBytes(Buffer.from(JSON.stringify({ type: 'publish', topic, data: 1 })));
      equals('whether it is binary', (await ann.hearsRaw()).isBinary, false);
    },
  },
  {
    id: 'REL1.others-unheard',
    title: 'Ann listens to a topic, and Bob publishes to names that are much like it',
    severity: 'required',
    expected: 'Ann hears nothing',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob')];
      for (const other of [`${topic} `, `${topic}/`, topic.toUpperCase(), '*', '#']) {
        bob.sends({ type: 'publish', topic: other, data: 1 });
      }
      equals('what Ann hears before the mark', await hearsBeforeMark(ann, bob, topic), []);
    },
  },
  {
    id: 'REL2.publisher-too',
    title: 'Ann publishes to what she listens to herself',
    severity: 'required',
    expected: 'she hears it, too',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const ann = await visits(scene, 'ann', topic);
      has('what she hears', await ann.sends({ type: 'publish', topic, data: 1 }).hears(), { topic, data: 1 });
    },
  },
  {
    id: 'REL2.count',
    title: 'Ann, Bob and Eve listen, Eve leaves, and somebody else publishes',
    severity: 'required',
    expected: 'Ann and Bob hear that 2 clients listen',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob', topic)];
      const eve = await visits(scene, 'eve', topic);
      await eve.leaves();
      const zoe = await visits(scene, 'zoe');
      zoe.sends({ type: 'publish', topic, data: 1 });
      for (const one of [ann, bob]) has(`what ${one.name} hears`, await one.hears(), { clients: 2 });
    },
  },
  {
    id: 'REL2.joined-twice',
    title: 'Ann subscribes to the same topic twice, and Bob publishes to it',
    severity: 'required',
    expected: 'Ann hears it once, and that she alone listens',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic, topic), await visits(scene, 'bob')];
      await subscribes(ann, [topic]);
      bob.sends({ type: 'publish', topic, data: 1 });
      const [first, ...more] = await hearsBeforeMark(ann, bob, topic);
      has('what Ann hears', first, { data: 1, clients: 1 });
      equals('what she hears then', more, []);
    },
  },
  {
    id: 'REL2.forged-count',
    title: 'Bob publishes with a number of clients of his own',
    severity: 'recommended',
    expected: 'Ann hears the true one',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob')];
      bob.sends({ type: 'publish', clients: 99, topic, data: 1 });
      has('what Ann hears', await ann.hears(), { data: 1, clients: 1 });
    },
  },
  {
    id: 'REL2.as-it-came',
    title: 'Bob publishes numbers that JavaScript can not hold, escapes, and __proto__',
    severity: 'recommended',
    expected: 'Ann hears them as they were written',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob')];
      const members = '"big":12345678901234567890,"e":1.0,"__proto__":{"a":1},"text":"\\u00fc\\/"';
      bob.sendsText(`{"type":"publish","topic":"${topic}",${members}}`);
      const text = await ann.hearsText();
      if (text.includes(members)) return;
      holds(text.includes(topic), `Ann heard ${text}`);
      return loose(`Ann heard ${text}`);
    },
  },
  {
    id: 'REL2.order',
    title: `Bob publishes ${MANY} times to one topic, at once`,
    severity: 'required',
    expected: 'Ann hears all in this order',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob')];
      const sent = Array.from({ length: MANY }, (_, n) => n);
      for (const n of sent) bob.sends({ type: 'publish', topic, n });
      equals(
        'what Ann hears',
        (await ann.hearsAll(MANY)).map(({ n }) => n),
        sent,
      );
    },
  },
  {
    id: 'REL4.to-the-others',
    title: 'Ann, Bob and Eve subscribe as Trystero does, by one topic each, and Ann publishes a payload',
    severity: 'recommended',
    expected: 'Bob and Eve hear topic and payload and nothing more, Ann hears nothing',
    needs: 'topic relay',
    async run(scene) {
      const topic = fresh('topic');
      const all = [await visits(scene, 'ann'), await visits(scene, 'bob'), await visits(scene, 'eve')] as const;
      for (const one of all) await isAnswered(one.sends({ type: 'subscribe', topic }));
      const [ann, bob, eve] = all;
      ann.sends({ type: 'publish', topic, payload: '{"peerId":"a"}' });
      for (const one of [bob, eve]) equals(`what ${one.name} hears`, await one.hears(), { topic, payload: '{"peerId":"a"}' });
      equals('what Ann hears before the mark', await hearsBeforeMark(ann, bob, topic), []);
    },
  },
  {
    id: 'REL5.realms-apart',
    title: 'Ann and Bob listen to one topic in different realms, and Eve publishes to it in that of Bob',
    severity: 'recommended',
    expected: 'Bob hears it, Ann does not',
    needs: 'topic relay of two realms',
    async run(scene) {
      const topic = fresh('topic');
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const enters = (name: string, key: string) => scene.opensAt(relayTarget(scene, `?key=${key}`), name);
      const [ann, bob, eve] = [await enters('ann', here), await enters('bob', there), await enters('eve', there)];
      for (const one of [ann, bob]) await subscribes(one, [topic]);
      eve.sends({ type: 'publish', topic, data: 1 });
      has('what Bob hears', await bob.hears(), { data: 1, clients: 1 });
      equals('what Ann hears before the mark', await hearsBeforeMark(ann, ann, topic), []);
    },
  },
  {
    id: 'REL5.unknown-realm',
    title: 'somebody names a realm that is not known',
    severity: 'recommended',
    expected: `closed with ${UNKNOWN_REALM}`,
    needs: 'topic relay',
    async run(scene) {
      const stranger = await scene.opensAt(relayTarget(scene, `?key=${fresh('unknown')}`), 'stranger');
      equals('the code', (await stranger.closed()).code, UNKNOWN_REALM);
    },
  },
]);
