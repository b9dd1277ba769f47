import { cases } from '../case.ts';
import { assertEqual, assertThat, formatValue } from '../assertions.ts';
import { messageText, NatsClient } from '../nats-client.ts';
import { uniqueName } from '../fixture.ts';

const SETUP = { setup: 'nats' } as const;
const VERSION = /^\d+\.\d+\.\d+/;

/** NA1 to NA4, NA6: frames, CONNECT and PING. */
export const NATS_CONNECTION_CASES = cases([
  {
    ...{ id: 'NA1.binary-frames', severity: 'required', ...SETUP },
    title: 'Ann opens a socket; the type of the first frame',
    expected: 'a binary frame: clients of NATS ignore text frames',
    async run(scene) {
      const { socket } = await NatsClient.connect(scene, 'ann');
      socket.sendBytes(Buffer.from('PING\r\n'));
      assertEqual('whether it is binary', (await socket.receiveRaw()).isBinary, true);
    },
  },
  {
    ...{ id: 'NA1.one-frame', severity: 'required', ...SETUP },
    title: 'Ann sends CONNECT, SUB, PUB and PING in one frame',
    expected: 'the message, then PONG',
    async run(scene) {
      const [ann, subject] = [await NatsClient.open(scene, 'ann'), uniqueName('subject')];
      ann.send('CONNECT {"verbose":false}', `SUB ${subject} 1`, `PUB ${subject} 2`, 'hi');
      assertEqual('parts', await ann.partsBeforePong(), [messageText(subject, '1', 'hi')]);
    },
  },
  {
    ...{ id: 'NA1.cut-anywhere', severity: 'required', ...SETUP },
    title: 'Ann sends SUB and PUB in frames of one byte',
    expected: 'the message',
    async run(scene) {
      const [ann, subject] = [await NatsClient.connect(scene, 'ann'), uniqueName('subject')];
      for (const byte of `SUB ${subject} 1\r\nPUB ${subject} 4\r\nh\r\ni\r\n`) ann.sendText(byte);
      assertEqual('parts', await ann.partsBeforePong(), [messageText(subject, '1', 'h\r\ni')]);
    },
  },
  {
    ...{ id: 'NA1.spelling', severity: 'recommended', ...SETUP },
    title: 'Ann sends verbs in small letters, with tabs and several blanks, and lines that end with LF',
    expected: 'the message',
    async run(scene) {
      const [ann, subject] = [await NatsClient.connect(scene, 'ann'), uniqueName('subject')];
      ann.sendText(`sub\t${subject}  1 \npUb ${subject}\t2\nhi\r\n`);
      assertEqual('parts', await ann.partsBeforePong(), [messageText(subject, '1', 'hi')]);
    },
  },
  {
    ...{ id: 'NA2.version', severity: 'required', ...SETUP },
    title: 'Ann opens a socket; the first line',
    expected: 'INFO with a semantic version, without which clients fail',
    async run(scene) {
      const { version } = members((await NatsClient.open(scene, 'ann')).info);
      assertThat(typeof version === 'string' && VERSION.test(version), `a semantic version, got ${formatValue(version)}`);
    },
  },
  {
    ...{ id: 'NA2.max-payload', severity: 'required', ...SETUP },
    title: 'Ann opens a socket; max_payload and headers of the first line',
    expected: 'a number of bytes, and true',
    async run(scene) {
      const { max_payload, headers } = members((await NatsClient.open(scene, 'ann')).info);
      assertThat(typeof max_payload === 'number' && max_payload > 0, `a number of bytes, got ${formatValue(max_payload)}`);
      assertEqual('headers', headers, true);
    },
  },
  {
    ...{ id: 'NA3.pong', severity: 'required', ...SETUP },
    title: 'Ann sends CONNECT and PING, in two frames',
    expected: 'PONG, and nothing else',
    run: async (scene) => (await NatsClient.connectWith(scene, 'ann', {})).expectNothing(),
  },
  {
    ...{ id: 'NA3.later-connect', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes, and sends another CONNECT without echo',
    expected: 'she no longer receives her own messages',
    async run(scene) {
      const subject = uniqueName('subject');
      const ann = await NatsClient.connect(scene, 'ann', subject);
      ann.publish(subject, '1').send('CONNECT {"echo":false}').publish(subject, '2');
      assertEqual('parts', await ann.partsBeforePong(), [messageText(subject, 's0', '1')]);
    },
  },
  {
    ...{ id: 'NA4.verbose', severity: 'recommended', ...SETUP },
    title: 'Ann connects with verbose, and sends SUB, UNSUB and PUB',
    expected: 'one +OK for each of the four',
    async run(scene) {
      const ann = await NatsClient.connectWith(scene, 'ann', { verbose: true });
      ann.send('SUB a 1', 'UNSUB 1').publish(uniqueName('subject'), 'x');
      assertEqual('parts', await ann.partsBeforePong(), new Array(4).fill('+OK\r\n'));
    },
  },
  {
    ...{ id: 'NA6.keeps-place', severity: 'required', ...SETUP },
    title: 'Ann subscribes and sends PING; Bob publishes as soon as she has the PONG',
    expected: 'Ann receives the message: PONG says that the subscription holds',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      bob.publish(subject, 'x');
      assertEqual('parts', await ann.partsAfter(bob), [messageText(subject, 's0', 'x')]);
    },
  },
]);

function members(info: string): Readonly<Record<string, unknown>> {
  return JSON.parse(info.slice('INFO '.length)) as Record<string, unknown>;
}
