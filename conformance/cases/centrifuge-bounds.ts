import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { CentrifugeClient } from '../centrifuge-client.ts';
import { uniqueName, type Fixture } from '../fixture.ts';

const SETUP = { setup: 'centrifuge' } as const;
const SHORT_PINGS = { setup: 'centrifuge with short ping interval' } as const;
const BAD_REQUEST = 3501;
const NO_PONG = 3012;
const [FIRST_FINAL, LAST_FINAL] = [3500, 3999];

/** Frames after which a server can't know what the client wants. */
const UNREADABLE = {
  'no-json': 'hello',
  'half-json': '{"id":2,"publish":',
  list: '[]',
  'no-id': '{"subscribe":{"channel":"a"}}',
  'no-name': '{"id":2}',
  'no-channel': '{"id":2,"publish":{"data":1}}',
  'no-data': '{"id":2,"publish":{"channel":"a"}}',
} as const;

/** CF2, CF4, CF5, CF13: the ends of connections. */
export const CENTRIFUGE_BOUND_CASES = cases([
  ...Object.entries(UNREADABLE).map(([name, text]): CaseDraft => ({
    ...{ id: `CF2.${name}`, severity: 'hardening', pace: 'alone', ...SETUP },
    title: `Ann sends ${text}`,
    expected: `she is closed with ${BAD_REQUEST}, and other clients are not affected`,
    async run(scene) {
      const channel = uniqueName('channel');
      const [bob, eve] = [await CentrifugeClient.connect(scene, 'bob', channel), await CentrifugeClient.connect(scene, 'eve')];
      const ann = await CentrifugeClient.connect(scene, 'ann', channel);
      ann.socket.sendText(text);
      assertEqual('the close code', (await ann.socket.waitForClose()).code, BAD_REQUEST);
      assertEqual('pushes to Bob', await bob.pushesBeforeMarker(eve, channel), []);
    },
  })),
  {
    ...{ id: 'CF4.not-connected', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann subscribes without connect',
    expected: `she is closed with ${BAD_REQUEST}`,
    run: (scene) => expectBadRequest(scene, (ann) => ann.send('subscribe', { channel: 'a' })),
  },
  {
    ...{ id: 'CF4.connects-twice', severity: 'recommended', pace: 'alone', ...SETUP },
    title: 'Ann connects twice',
    expected: `she is closed with ${BAD_REQUEST}`,
    run: (scene) => expectBadRequest(scene, (ann) => ann.send('connect', {}).send('connect', {})),
  },
  {
    ...{ id: 'CF5.pinged', severity: 'required', ...SHORT_PINGS },
    title: 'Ann sends nothing, but answers pings',
    expected: 'she is pinged at the announced interval or earlier, and stays connected',
    async run(scene) {
      const channel = uniqueName('channel');
      const ann = await CentrifugeClient.connect(scene, 'ann', channel);
      const until = performance.now() + 2 * scene.setting('alive_timeout');
      while (performance.now() < until) await ann.waitForPings(1);
      const bob = await CentrifugeClient.connect(scene, 'bob');
      assertEqual('pushes to Ann', await ann.pushesBeforeMarker(bob, channel), []);
    },
  },
  {
    ...{ id: 'CF5.unanswered', severity: 'recommended', ...SHORT_PINGS },
    title: 'Ann does not answer pings',
    expected: `she is closed with ${NO_PONG}`,
    async run(scene) {
      const ann = await CentrifugeClient.open(scene, 'ann', false);
      await ann.call('connect', {});
      assertEqual('the close code', (await ann.socket.waitForClose()).code, NO_PONG);
    },
  },
  {
    ...{ id: 'CF13.final', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann sends a command that is no JSON',
    expected: `a close code from ${FIRST_FINAL} to ${LAST_FINAL}: a client that sends it again and again does not reconnect`,
    async run(scene) {
      const ann = await CentrifugeClient.connect(scene, 'ann');
      ann.socket.sendText('{');
      const { code } = await ann.socket.waitForClose();
      assertThat(code >= FIRST_FINAL && code <= LAST_FINAL, `a code from ${FIRST_FINAL} to ${LAST_FINAL}, got ${code}`);
    },
  },
]);

async function expectBadRequest(scene: Fixture, act: (ann: CentrifugeClient) => void): Promise<void> {
  const ann = await CentrifugeClient.open(scene, 'ann');
  act(ann);
  assertEqual('the close code', (await ann.socket.waitForClose()).code, BAD_REQUEST);
}
