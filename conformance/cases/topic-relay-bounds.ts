import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { receiveUntilMarker, relayTarget, subscribe, connectToRelay } from '../topic-relay-client.ts';

const MALFORMED_FRAMES = 200;
const LIVENESS_TIMEOUT_CODE = 4002;

/** Valid JSON objects that the relay ignores. */
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

/** REL1, REL3: invalid frames and liveness. */
export const TOPIC_RELAY_BOUND_CASES = cases([
  ...Object.entries(IGNORED).map(([name, text]): CaseDraft => ({
    id: `REL1.${name}`,
    title: `Ann sends ${text}`,
    severity: 'hardening',
    expected: 'she receives nothing, and stays connected',
    setup: 'topic relay',
    pace: 'alone',
    run: (fixture) => expectStillServed(fixture, text),
  })),
  {
    id: 'REL1.names-of-objects',
    title: 'Ann subscribes to __proto__ and constructor; Bob publishes on both',
    severity: 'hardening',
    expected: 'Ann receives both messages: these are ordinary topic names',
    setup: 'topic relay',
    pace: 'alone',
    async run(fixture) {
      const [ann, bob] = [await connectToRelay(fixture, 'ann', '__proto__', 'constructor'), await connectToRelay(fixture, 'bob')];
      for (const topic of ['__proto__', 'constructor']) {
        bob.send({ type: 'publish', topic, data: 1 });
        assertMembers('frame received by Ann', await ann.receive(), { topic, data: 1 });
      }
    },
  },
  ...Object.entries(NO_OBJECTS).map(([name, text]): CaseDraft => ({
    id: `REL3.${name}`,
    title: `Ann sends ${text === '' ? 'an empty frame' : text}`,
    severity: 'hardening',
    expected: 'she receives nothing, and stays connected',
    setup: 'topic relay',
    pace: 'alone',
    run: (fixture) => expectStillServed(fixture, text),
  })),
  {
    id: 'REL3.much-nonsense',
    title: `Ann sends ${MALFORMED_FRAMES} frames that are not JSON`,
    severity: 'hardening',
    expected: 'her socket is closed, and other clients are not affected',
    setup: 'topic relay',
    pace: 'alone',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [bob, eve] = [await connectToRelay(fixture, 'bob', topic), await connectToRelay(fixture, 'eve')];
      const ann = await connectToRelay(fixture, 'ann', topic);
      for (let n = 0; n < MALFORMED_FRAMES && ann.isOpen; n++) ann.sendText('{');
      await ann.waitForClose();
      assertEqual('frames received by Bob before the marker', await receiveUntilMarker(bob, eve, topic), []);
    },
  },
  {
    id: 'REL3.pinged',
    title: 'Ann sends nothing, but answers pings',
    severity: 'required',
    expected: 'she is pinged periodically and stays connected',
    setup: 'topic relay with short ping interval',
    async run(fixture) {
      const topic = uniqueName('topic');
      const ann = await connectToRelay(fixture, 'ann', topic);
      const until = performance.now() + 2 * fixture.setting('alive_timeout');
      while (performance.now() < until) await ann.waitForPing();
      const bob = await connectToRelay(fixture, 'bob');
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL3.unanswered',
    title: 'Ann does not answer pings',
    severity: 'required',
    expected: `her socket is closed with ${LIVENESS_TIMEOUT_CODE}, and she is not counted any more`,
    setup: 'topic relay with short ping interval',
    async run(fixture) {
      const topic = uniqueName('topic');
      const ann = await fixture.openSocketAt(relayTarget(fixture), 'ann', false);
      await subscribe(ann, [topic]);
      const { code } = await ann.waitForClose();
      const [bob, eve] = [await connectToRelay(fixture, 'bob', topic), await connectToRelay(fixture, 'eve')];
      eve.send({ type: 'publish', topic, data: 1 });
      assertMembers('frame received by Bob', await bob.receive(), { clients: 1 });
      return code === LIVENESS_TIMEOUT_CODE ? undefined : loose(`closes with ${code}`);
    },
  },
]);

/** Verifies that the sender of `text` can still subscribe and publish. */
async function expectStillServed(fixture: Fixture, text: string): Promise<void> {
  const topic = uniqueName('topic');
  const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob', topic)];
  ann.sendText(text);
  assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, topic), []);
  assertEqual('number of frames received by Bob before the marker', (await receiveUntilMarker(bob, ann, topic)).length, 1);
}
