import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { CentrifugeClient } from '../centrifuge-client.ts';
import { uniqueName } from '../fixture.ts';

const MANY = 100;
const LARGE = 10_000;
const NOT_AVAILABLE = 108;
const SETUP = { setup: 'centrifuge' } as const;

/** Data as it is written in a command. */
const DATA = {
  null: 'null',
  text: '"a\\u2028\\n"',
  decimals: '1.50',
  'large-integer': '123456789012345678901234567890',
  spaces: '{ "b" : [ 1 ,2 ] }',
  'numeric-names': '{"2":1,"1":2}',
  'repeated-members': '{"a":1,"a":2}',
} as const;

/** CF1, CF3, CF6 to CF10, CF12, CF15: commands and publications. */
export const CENTRIFUGE_CASES = cases([
  {
    ...{ id: 'CF1.text-frames', severity: 'required', ...SETUP },
    title: 'Ann connects; the type of the frame with the reply',
    expected: 'a text frame',
    async run(scene) {
      const ann = await CentrifugeClient.open(scene, 'ann');
      ann.send('connect', {});
      assertEqual('whether it is binary', (await ann.socket.receiveRaw()).isBinary, false);
    },
  },
  {
    ...{ id: 'CF1.binary', severity: 'recommended', ...SETUP },
    title: 'Ann sends connect in a binary frame',
    expected: 'a reply',
    async run(scene) {
      const ann = await CentrifugeClient.open(scene, 'ann');
      ann.socket.sendBytes(Buffer.from(ann.command('connect', {})));
      assertMembers('the reply', await ann.receive(), { id: 1, error: undefined });
    },
  },
  {
    ...{ id: 'CF1.several-commands', severity: 'required', ...SETUP },
    title: 'Ann sends connect and two subscribes in one frame, with a line feed at its end',
    expected: 'three replies, in this order',
    async run(scene) {
      const ann = await CentrifugeClient.open(scene, 'ann');
      const channels = [uniqueName('channel'), uniqueName('channel')];
      const commands = [ann.command('connect', {}), ...channels.map((channel) => ann.command('subscribe', { channel }))];
      ann.socket.sendText(`${commands.join('\n')}\n`);
      const ids = [await ann.receive(), await ann.receive(), await ann.receive()].map(({ id }) => id);
      assertEqual('the ids of the replies', ids, [1, 2, 3]);
    },
  },
  {
    ...{ id: 'CF2.reply', severity: 'required', ...SETUP },
    title: 'Ann connects, subscribes, publishes and unsubscribes',
    expected: 'each reply has the id and the name of its command',
    async run(scene) {
      const ann = await CentrifugeClient.open(scene, 'ann');
      const channel = uniqueName('channel');
      for (const [name, parameters] of [
        ['connect', {}],
        ['subscribe', { channel }],
        ['publish', { channel, data: 1 }],
        ['unsubscribe', { channel }],
      ] as const) {
        const reply = await ann.call(name, parameters);
        assertThat(typeof reply[name] === 'object', `the reply to ${name}: expected its name, got ${formatValue(reply)}`);
      }
    },
  },
  {
    ...{ id: 'CF3.client', severity: 'required', ...SETUP },
    title: 'Ann and Bob connect',
    expected: 'each reply has another client id',
    async run(scene) {
      const ids: unknown[] = [];
      for (const name of ['ann', 'bob']) {
        const reply = await (await CentrifugeClient.open(scene, name)).call('connect', { name: 'js', version: '1' });
        ids.push((reply['connect'] as { client?: unknown } | undefined)?.client);
      }
      const isText = ids.every((id) => typeof id === 'string' && id !== '');
      assertThat(isText && ids[0] !== ids[1], `two different texts were expected, got ${formatValue(ids)}`);
    },
  },
  {
    ...{ id: 'CF6.subscribe', severity: 'required', ...SETUP },
    title: 'Ann subscribes to a channel; Bob publishes on it and on similar channels',
    expected: 'Ann receives the publication of her channel only',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await CentrifugeClient.connect(scene, 'ann', channel), await CentrifugeClient.connect(scene, 'bob')];
      for (const other of [`${channel} `, `${channel}/`, channel.toUpperCase(), '*']) {
        bob.send('publish', { channel: other, data: 1 });
      }
      bob.send('publish', { channel, data: 2 });
      assertEqual('pushes to Ann', await ann.pushesBeforeMarker(bob, channel), [[channel, 2]]);
    },
  },
  {
    ...{ id: 'CF6.offers', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes with flag, delta, join_leave, and a member of another name',
    expected: 'she is subscribed: offers that the server does not know are ignored',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await CentrifugeClient.connect(scene, 'ann'), await CentrifugeClient.connect(scene, 'bob')];
      await ann.call('subscribe', { channel, flag: 1, delta: 'fossil', join_leave: true, other: [{}] });
      assertEqual('pushes to Ann', await ann.pushesBeforeMarker(bob, channel), []);
    },
  },
  {
    ...{ id: 'CF7.unsubscribe', severity: 'required', ...SETUP },
    title: 'Ann subscribes to two channels and unsubscribes from one; Bob publishes on both',
    expected: 'Ann receives the publication on the remaining channel only',
    async run(scene) {
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const ann = await CentrifugeClient.connect(scene, 'ann', garden, house);
      const bob = await CentrifugeClient.connect(scene, 'bob');
      await ann.call('unsubscribe', { channel: garden });
      bob.send('publish', { channel: garden, data: 1 });
      assertEqual('pushes to Ann', await ann.pushesBeforeMarker(bob, house), []);
    },
  },
  {
    ...{ id: 'CF7.never-subscribed', severity: 'recommended', ...SETUP },
    title: 'Ann unsubscribes from a channel without a subscription',
    expected: 'the usual reply',
    async run(scene) {
      const ann = await CentrifugeClient.connect(scene, 'ann');
      const reply = await ann.call('unsubscribe', { channel: uniqueName('channel') });
      assertMembers('the reply', reply, { error: undefined });
    },
  },
  ...Object.entries(DATA).map(([name, text]): CaseDraft => ({
    ...{ id: `CF8.data-${name}`, severity: 'required', ...SETUP },
    title: `Bob publishes the data ${text}`,
    expected: 'Ann receives the same bytes',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await CentrifugeClient.connect(scene, 'ann', channel), await CentrifugeClient.connect(scene, 'bob')];
      bob.socket.sendText(bob.command('publish', { channel, data: 'HERE' }).replace('"HERE"', text));
      const received = await ann.socket.receiveText();
      assertThat(received.includes(`"data":${text}`), `the data ${text} was expected, got ${received.slice(0, 200)}`);
    },
  })),
  {
    ...{ id: 'CF8.publisher-too', severity: 'required', ...SETUP },
    title: 'Ann publishes on a channel to which she is subscribed',
    expected: 'she receives the publication once, then the reply',
    async run(scene) {
      const channel = uniqueName('channel');
      const ann = await CentrifugeClient.connect(scene, 'ann', channel);
      ann.send('publish', { channel, data: 1 });
      assertMembers('the first message', await ann.receive(), { push: { channel, pub: { data: 1 } } });
      assertMembers('the second message', await ann.receive(), { id: 3, publish: {} });
    },
  },
  {
    ...{ id: 'CF8.order', severity: 'required', ...SETUP },
    title: `Bob publishes ${MANY} numbers on the channel of Ann`,
    expected: 'Ann receives all of them, each once and in order',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await CentrifugeClient.connect(scene, 'ann', channel), await CentrifugeClient.connect(scene, 'bob')];
      for (let data = 0; data < MANY; data++) bob.send('publish', { channel, data });
      const numbers = (await ann.pushesBeforeMarker(bob, channel)).map(([, data]) => data);
      assertEqual('the numbers', numbers, [...Array(MANY).keys()]);
    },
  },
  {
    ...{ id: 'CF9.recover', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes and asks for recovery, from an epoch that the server does not know',
    expected: 'a subscription whose reply does not say that everything was recovered',
    async run(scene) {
      const ann = await CentrifugeClient.connect(scene, 'ann');
      const reply = await ann.call('subscribe', { channel: uniqueName('channel'), recover: true, offset: 7, epoch: 'unknown' });
      const { recovered, was_recovering } = (reply['subscribe'] ?? {}) as Record<string, unknown>;
      assertEqual('was_recovering and recovered', [was_recovering, recovered ?? false], [true, false]);
    },
  },
  ...['presence', 'history', 'rpc'].map((name): CaseDraft => ({
    ...{ id: `CF10.${name}`, severity: 'recommended', ...SETUP },
    title: `Ann sends ${name}`,
    expected: `error ${NOT_AVAILABLE}, or a result if the server has such a command`,
    async run(scene) {
      const ann = await CentrifugeClient.connect(scene, 'ann');
      const reply = await ann.call(name, { channel: uniqueName('channel') });
      if (reply[name] !== undefined) return;
      assertMembers('the error', reply['error'], { code: NOT_AVAILABLE });
    },
  })),
  {
    ...{ id: 'CF12.stays-open', severity: 'required', ...SETUP },
    title: 'Ann subscribes to a channel of 5,000 characters, then to another one',
    expected: 'an error for the first one, and a reply for the second one',
    async run(scene) {
      const ann = await CentrifugeClient.connect(scene, 'ann');
      const { code, message } = ((await ann.call('subscribe', { channel: 'a'.repeat(5_000) }))['error'] ?? {}) as Record<
        string,
        unknown
      >;
      assertThat(typeof code === 'number' && typeof message === 'string', 'an error with code and message was expected');
      const reply = await ann.call('subscribe', { channel: uniqueName('channel') });
      assertMembers('the second reply', reply, { error: undefined });
    },
  },
  {
    ...{ id: 'CF15.long-channel', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes to a channel of 255 bytes, and to one of 256',
    expected: 'a reply, and error 107',
    async run(scene) {
      const ann = await CentrifugeClient.connect(scene, 'ann', uniqueName('a').padEnd(255, 'a'));
      const reply = await ann.call('subscribe', { channel: 'a'.repeat(256) });
      assertMembers('the error', reply['error'], { code: 107 });
    },
  },
  {
    ...{ id: 'CF15.large', severity: 'required', ...SETUP },
    title: `Bob publishes a list of ${LARGE} byte numbers`,
    expected: 'Ann receives all of them',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await CentrifugeClient.connect(scene, 'ann', channel), await CentrifugeClient.connect(scene, 'bob')];
      const data = Array.from({ length: LARGE }, (_, n) => n % 256);
      bob.send('publish', { channel, data });
      assertEqual('the data', await ann.pushesBeforeMarker(bob, channel), [[channel, data]]);
    },
  },
]);
