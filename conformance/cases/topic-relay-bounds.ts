import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { receiveUntilMarker, relayTarget, subscribe, connectToRelay } from '../topic-relay-client.ts';

const MALFORMED_FRAMES = 200;
const LIVENESS_TIMEOUT_CODE = 4002;

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
    setup: 'topic relay',
    pace: 'alone',
    run: (scene) => expectStillServed(scene, text),
  })),
  {
    id: 'REL1.names-of-objects',
    title: 'Ann listens to __proto__ and constructor, and Bob publishes to both',
    severity: 'hardening',
    expected: 'Ann hears both: they are names like others',
    setup: 'topic relay',
    pace: 'alone',
    async run(scene) {
      const [ann, bob] = [await connectToRelay(scene, 'ann', '__proto__', 'constructor'), await connectToRelay(scene, 'bob')];
      for (const topic of ['__proto__', 'constructor']) {
        bob.send({ type: 'publish', topic, data: 1 });
        assertMembers('what Ann hears', await ann.receive(), { topic, data: 1 });
      }
    },
  },
  ...Object.entries(NO_OBJECTS).map(([name, text]): CaseDraft => ({
    id: `REL3.${name}`,
    title: `Ann sends ${text === '' ? 'an empty frame' : text}`,
    severity: 'hardening',
    expected: 'she hears nothing, and goes on',
    setup: 'topic relay',
    pace: 'alone',
    run: (scene) => expectStillServed(scene, text),
  })),
  {
    id: 'REL3.much-nonsense',
    title: `Ann sends ${MALFORMED_FRAMES} frames that are no JSON`,
    severity: 'hardening',
    expected: 'she is closed, and nobody else notices',
    setup: 'topic relay',
    pace: 'alone',
    async run(scene) {
      const topic = uniqueName('topic');
      const [bob, eve] = [await connectToRelay(scene, 'bob', topic), await connectToRelay(scene, 'eve')];
      const ann = await connectToRelay(scene, 'ann', topic);
      for (let n = 0; n < MALFORMED_FRAMES && ann.isOpen; n++) ann.sendText('{');
      await ann.waitForClose();
      assertEqual('what Bob hears before the mark', await receiveUntilMarker(bob, eve, topic), []);
    },
  },
  {
    id: 'REL3.pinged',
    title: 'Ann is silent, and answers pings',
    severity: 'required',
    expected: 'she is pinged again and again, and stays',
    setup: 'topic relay that pings',
    async run(scene) {
      const topic = uniqueName('topic');
      const ann = await connectToRelay(scene, 'ann', topic);
      const until = performance.now() + 2 * scene.setting('alive_timeout');
      while (performance.now() < until) await ann.waitForPing();
      const bob = await connectToRelay(scene, 'bob');
      assertEqual('what Ann hears before the mark', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL3.unanswered',
    title: 'Ann does not answer pings',
    severity: 'required',
    expected: `she is closed with ${LIVENESS_TIMEOUT_CODE}, and counts no more`,
    setup: 'topic relay that pings',
    async run(scene) {
      const topic = uniqueName('topic');
      const ann = await scene.openSocketAt(relayTarget(scene), 'ann', false);
      await subscribe(ann, [topic]);
      const { code } = await ann.waitForClose();
      const [bob, eve] = [await connectToRelay(scene, 'bob', topic), await connectToRelay(scene, 'eve')];
      eve.send({ type: 'publish', topic, data: 1 });
      assertMembers('what Bob hears', await bob.receive(), { clients: 1 });
      return code === LIVENESS_TIMEOUT_CODE ? undefined : loose(`closed with ${code}`);
    },
  },
]);

/** Whoever sent `text` still hears, and is heard. */
async function expectStillServed(scene: Fixture, text: string): Promise<void> {
  const topic = uniqueName('topic');
  const [ann, bob] = [await connectToRelay(scene, 'ann', topic), await connectToRelay(scene, 'bob', topic)];
  ann.sendText(text);
  assertEqual('what Ann hears before the mark', await receiveUntilMarker(ann, bob, topic), []);
  assertEqual('what Bob hears besides', (await receiveUntilMarker(bob, ann, topic)).length, 1);
}
