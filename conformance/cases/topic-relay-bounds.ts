import { cases, type CaseDraft } from '../case.ts';
import { equals, has } from '../claims.ts';
import { loose } from '../outcomes.ts';
import { fresh, type Scene } from '../scene.ts';
import { hearsBeforeMark, relayTarget, subscribes, visits } from '../visitors.ts';

const NONSENSE_FRAMES = 200;
const PING_CLOSED = 4002;

/** What nobody should send, and what means nothing. */
const IGNORED = {
  'unknown-type': '{"type":"shout","topic":"a"}',
  'no-type': '{"topic":"a"}',
  'no-topic': '{"type":"publish","data":1}',
  'topics-no-list': '{"type":"subscribe","topics":{}}',
} as const;
const NO_OBJECTS = {
  'no-json': 'hello',
  'half-json': '{"type":"publish"',
  null: 'null',
  number: '5',
  list: '[]',
  empty: '',
} as const;

/** REL1, REL3: what nobody should do, and who is gone. */
export const TOPIC_RELAY_BOUND_CASES = cases([
  ...Object.entries(IGNORED).map(([name, text]): CaseDraft => ({
    id: `REL1.${name}`,
    title: `Ann sends ${text}`,
    severity: 'hardening',
    expected: 'she hears nothing, and goes on',
    needs: 'topic relay',
    pace: 'alone',
    run: (scene) => goesOnAfter(scene, text),
  })),
  {
    id: 'REL1.names-of-objects',
    title: 'Ann listens to __proto__ and constructor, and Bob publishes to both',
    severity: 'hardening',
    expected: 'Ann hears both: they are names like others',
    needs: 'topic relay',
    pace: 'alone',
    async run(scene) {
      const [ann, bob] = [await visits(scene, 'ann', '__proto__', 'constructor'), await visits(scene, 'bob')];
      for (const topic of ['__proto__', 'constructor']) {
        bob.sends({ type: 'publish', topic, data: 1 });
        has('what Ann hears', await ann.hears(), { topic, data: 1 });
      }
    },
  },
  ...Object.entries(NO_OBJECTS).map(([name, text]): CaseDraft => ({
    id: `REL3.${name}`,
    title: `Ann sends ${text === '' ? 'an empty frame' : text}`,
    severity: 'hardening',
    expected: 'she hears nothing, and goes on',
    needs: 'topic relay',
    pace: 'alone',
    run: (scene) => goesOnAfter(scene, text),
  })),
  {
    id: 'REL3.much-nonsense',
    title: `Ann sends ${NONSENSE_FRAMES} frames that are no JSON`,
    severity: 'hardening',
    expected: 'she is closed, and nobody else notices',
    needs: 'topic relay',
    pace: 'alone',
    async run(scene) {
      const topic = fresh('topic');
      const [bob, eve] = [await visits(scene, 'bob', topic), await visits(scene, 'eve')];
      const ann = await visits(scene, 'ann', topic);
      for (let n = 0; n < NONSENSE_FRAMES && ann.isOpen; n++) ann.sendsText('{');
      await ann.closed();
      equals('what Bob hears before the mark', await hearsBeforeMark(bob, eve, topic), []);
    },
  },
  {
    id: 'REL3.pinged',
    title: 'Ann is silent, and answers pings',
    severity: 'required',
    expected: 'she is pinged again and again, and stays',
    needs: 'topic relay that pings',
    async run(scene) {
      const topic = fresh('topic');
      const ann = await visits(scene, 'ann', topic);
      const until = performance.now() + 2 * scene.setting('alive_timeout');
      while (performance.now() < until) await ann.isPinged();
      const bob = await visits(scene, 'bob');
      equals('what Ann hears before the mark', await hearsBeforeMark(ann, bob, topic), []);
    },
  },
  {
    id: 'REL3.unanswered',
    title: 'Ann does not answer pings',
    severity: 'required',
    expected: `she is closed with ${PING_CLOSED}, and counts no more`,
    needs: 'topic relay that pings',
    async run(scene) {
      const topic = fresh('topic');
      const ann = await scene.opensAt(relayTarget(scene), 'ann', false);
      await subscribes(ann, [topic]);
      const { code } = await ann.closed();
      const [bob, eve] = [await visits(scene, 'bob', topic), await visits(scene, 'eve')];
      eve.sends({ type: 'publish', topic, data: 1 });
      has('what Bob hears', await bob.hears(), { clients: 1 });
      return code === PING_CLOSED ? undefined : loose(`closed with ${code}`);
    },
  },
]);

/** Whoever sent `text` still hears, and is heard. */
async function goesOnAfter(scene: Scene, text: string): Promise<void> {
  const topic = fresh('topic');
  const [ann, bob] = [await visits(scene, 'ann', topic), await visits(scene, 'bob', topic)];
  ann.sendsText(text);
  equals('what Ann hears before the mark', await hearsBeforeMark(ann, bob, topic), []);
  equals('what Bob hears besides', (await hearsBeforeMark(bob, ann, topic)).length, 1);
}
