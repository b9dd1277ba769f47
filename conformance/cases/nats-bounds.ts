import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { messageText, NatsClient } from '../nats-client.ts';
import { uniqueName } from '../fixture.ts';

const SETUP = { setup: 'nats' } as const;
const SHORT_PINGS = { setup: 'nats with short ping interval' } as const;

/** Bytes after which a server can't know where the next verb begins. */
const UNREADABLE = {
  'unknown-verb': 'HELLO\r\n',
  'empty-line': '\r\n',
  'no-json': 'CONNECT {\r\n',
  'no-sid': 'SUB a\r\n',
  'many-words': 'SUB a b c d\r\n',
  'no-size': 'PUB a\r\n',
  'negative-size': 'PUB a -1\r\n',
  'text-as-size': 'PUB a x\r\n',
  'long-payload': 'PUB a 1\r\nhello\r\n',
  'large-headers': 'HPUB a 9 3\r\nabc\r\n',
} as const;

/** Lines with an error that precedes the close. */
const ERRORS: readonly (readonly [string, string, string, string])[] = [
  [
    'NA4.headers-missing',
    'CONNECT with no_responders and without headers',
    'CONNECT {"no_responders":true,"headers":false}\r\n',
    'no responders requires headers support',
  ],
  ['NA8.error-unknown-verb', 'an unknown verb', 'HELLO\r\n', 'Unknown Protocol Operation'],
  ['NA8.error-long-line', 'a line of 20,000 bytes', `PUB ${'a'.repeat(20_000)} 0\r\n`, 'maximum control line exceeded'],
];

/** NA4, NA6, NA8: the ends of connections. */
export const NATS_BOUND_CASES = cases([
  ...ERRORS.map(([id, what, text, error]): CaseDraft => ({
    ...{ id, severity: 'recommended', pace: 'alone', ...SETUP },
    title: `Ann sends ${what}`,
    expected: `-ERR '${error}', then a close`,
    async run(scene) {
      const ann = await NatsClient.open(scene, 'ann');
      ann.sendText(text);
      assertEqual('the answer', await ann.receive(), `-ERR '${error}'\r\n`);
      await ann.socket.waitForClose();
    },
  })),
  ...Object.entries(UNREADABLE).map(([name, text]): CaseDraft => ({
    ...{ id: `NA8.${name}`, severity: 'hardening', pace: 'alone', ...SETUP },
    title: `Ann sends ${JSON.stringify(text)}`,
    expected: 'she is closed, and other clients are not affected',
    async run(scene) {
      const subject = uniqueName('subject');
      const [bob, eve] = [await NatsClient.connect(scene, 'bob', subject), await NatsClient.connect(scene, 'eve')];
      const ann = await NatsClient.connect(scene, 'ann', subject);
      ann.sendText(text);
      await ann.socket.waitForClose();
      eve.publish(subject, 'x');
      assertEqual('parts of Bob', await bob.partsAfter(eve), [messageText(subject, 's0', 'x')]);
    },
  })),
  {
    ...{ id: 'NA8.large-payload', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann announces a payload of one byte more than max_payload, and sends nothing of it',
    expected: "-ERR 'Maximum Payload Violation', then a close",
    async run(scene) {
      const ann = await NatsClient.connect(scene, 'ann');
      const { max_payload: most } = JSON.parse(ann.info.slice('INFO '.length)) as { max_payload: number };
      ann.send(`PUB ${uniqueName('subject')} ${most + 1}`);
      assertEqual('the answer', await ann.receive(), "-ERR 'Maximum Payload Violation'\r\n");
      await ann.socket.waitForClose();
    },
  },
  {
    ...{ id: 'NA6.pinged', severity: 'required', ...SHORT_PINGS },
    title: 'Ann sends nothing, but answers pings',
    expected: 'she is pinged, and stays connected',
    async run(scene) {
      const ann = await NatsClient.connect(scene, 'ann');
      const until = performance.now() + 2 * scene.setting('alive_timeout');
      while (performance.now() < until) await ann.waitForPings(1);
      await ann.expectNothing();
    },
  },
  {
    ...{ id: 'NA6.unanswered', severity: 'recommended', ...SHORT_PINGS },
    title: 'Ann does not answer pings',
    expected: "-ERR 'Stale Connection', then a close",
    async run(scene) {
      const ann = await NatsClient.open(scene, 'ann', false);
      ann.send('CONNECT {"verbose":false}');
      const answer = await ann.receive();
      assertThat(answer === "-ERR 'Stale Connection'\r\n", `-ERR 'Stale Connection' was expected, got ${answer}`);
      await ann.socket.waitForClose();
    },
  },
]);
