import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { uniqueName } from '../fixture.ts';
import { SupabaseClient, type Version } from '../supabase-client.ts';

const MANY = 100;
const LARGE = 10_000;
const SETUP = { setup: 'supabase' } as const;
const VERSIONS: readonly Version[] = ['1.0.0', '2.0.0'];

/** Payloads as they are written in a broadcast. */
const PAYLOADS = {
  text: '"a\\u2028\\n"',
  decimals: '1.50',
  'large-integer': '123456789012345678901234567890',
  'numeric-names': '{"2":1,"1":2}',
} as const;

/** SB2 to SB17: joins and broadcasts. */
export const SUPABASE_CASES = cases([
  ...VERSIONS.map((version): CaseDraft => ({
    ...{ id: `SB2.version-${version.charAt(0)}`, severity: 'required', ...SETUP },
    title: `Ann joins with vsn ${version}`,
    expected: 'the reply has the form of the version, and the references of the join',
    async run(scene) {
      const ann = await SupabaseClient.open(scene, 'ann', version);
      const channel = uniqueName('channel');
      const ref = ann.send(channel, 'phx_join', { config: {} });
      const { text } = await ann.socket.receiveRaw();
      const isList = Array.isArray(JSON.parse(text));
      assertEqual('whether the reply is a list', isList, version === '2.0.0');
      ann.socket.unread.unshift({ text, isBinary: false });
      assertMembers('the reply', await ann.receive(), { ref, topic: `realtime:${channel}`, event: 'phx_reply' });
    },
  })),
  {
    ...{ id: 'SB3.join', severity: 'required', ...SETUP },
    title: 'Ann joins a channel; Bob joins it and similar channels, and broadcasts on each of them',
    expected: 'Ann receives the broadcast on her channel only',
    async run(scene) {
      const channel = uniqueName('channel');
      const others = [`${channel} `, `${channel}/`, channel.toUpperCase(), '*'];
      const ann = await SupabaseClient.join(scene, 'ann', channel);
      const bob = await SupabaseClient.join(scene, 'bob', channel, ...others);
      for (const other of others) bob.broadcast(other, 'note', { n: 1 });
      bob.broadcast(channel, 'note', { n: 2 });
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), [[channel, 'note', { n: 2 }]]);
    },
  },
  {
    ...{ id: 'SB3.response', severity: 'required', ...SETUP },
    title: 'Ann joins a channel',
    expected: 'the response has an empty list of postgres_changes: supabase-js reads it',
    async run(scene) {
      const ann = await SupabaseClient.open(scene, 'ann');
      const { payload } = await ann.call(uniqueName('channel'), 'phx_join', { config: { postgres_changes: [] } });
      assertMembers('the response', payload['response'], { postgres_changes: [] });
    },
  },
  {
    ...{ id: 'SB4.again', severity: 'required', ...SETUP },
    title: 'Ann joins a channel twice; Bob broadcasts on it',
    expected: 'phx_close for the first join, a reply to the second one, and the broadcast once',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'bob', channel)];
      ann.send(channel, 'phx_join', { config: {} });
      assertMembers('the first message', await ann.receive(), { event: 'phx_close', joinRef: '1' });
      assertMembers('the second message', await ann.receive(), { event: 'phx_reply', ref: '2' });
      bob.broadcast(channel, 'note', { n: 1 });
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), [[channel, 'note', { n: 1 }]]);
    },
  },
  {
    ...{ id: 'SB5.stays-open', severity: 'required', ...SETUP },
    title: 'Ann joins a topic that is no channel, then a channel',
    expected: 'an error with a reason, then a channel on the same connection',
    async run(scene) {
      const ann = await SupabaseClient.join(scene, 'ann', uniqueName('channel'));
      const { payload } = await ann.replyTo(ann.sendTo('other', 'phx_join', { config: {} }));
      const { reason } = (payload['response'] ?? {}) as { reason?: unknown };
      assertThat(
        payload['status'] === 'error' && typeof reason === 'string',
        `an error with a reason, got ${formatValue(payload)}`,
      );
      await ann.join(uniqueName('channel'));
    },
  },
  {
    ...{ id: 'SB6.leave', severity: 'required', ...SETUP },
    title: 'Ann joins two channels and leaves one; Bob broadcasts on both',
    expected: 'Ann receives a reply, and the broadcast on the remaining channel only',
    async run(scene) {
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const ann = await SupabaseClient.join(scene, 'ann', garden, house);
      const bob = await SupabaseClient.join(scene, 'bob', garden, house);
      assertMembers('the reply', (await ann.call(garden, 'phx_leave', {})).payload, { status: 'ok' });
      bob.broadcast(garden, 'note', { n: 1 });
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, house), []);
    },
  },
  {
    ...{ id: 'SB6.close', severity: 'recommended', ...SETUP },
    title: 'Ann leaves a channel',
    expected: 'phx_close with the reference of her join, behind the reply',
    async run(scene) {
      const channel = uniqueName('channel');
      const ann = await SupabaseClient.join(scene, 'ann', channel);
      await ann.call(channel, 'phx_leave', {});
      assertMembers('the next message', await ann.receive(), { event: 'phx_close', joinRef: '1' });
    },
  },
  {
    ...{ id: 'SB6.not-joined', severity: 'required', ...SETUP },
    title: 'Ann broadcasts on a channel that she has not joined, and Bob has',
    expected: 'an error for Ann, and nothing for Bob',
    async run(scene) {
      const [mine, channel] = [uniqueName('mine'), uniqueName('channel')];
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', mine), await SupabaseClient.join(scene, 'bob', channel)];
      const eve = await SupabaseClient.join(scene, 'eve', channel);
      const { payload } = await ann.replyTo(ann.broadcast(channel, 'note', { n: 1 }));
      assertMembers('the reply', payload, { status: 'error', response: { reason: 'unmatched topic' } });
      assertEqual('broadcasts to Bob', await bob.broadcastsBeforeMarker(eve, channel), []);
    },
  },
  {
    ...{ id: 'SB7.heartbeat', severity: 'required', ...SETUP },
    title: 'Ann sends heartbeats before and after she joins a channel',
    expected: 'a reply with the status ok to each of them',
    async run(scene) {
      const ann = await SupabaseClient.open(scene, 'ann');
      for (let count = 0; count < 2; count++) {
        assertMembers('the reply', (await ann.replyTo(ann.sendTo('phoenix', 'heartbeat', {}))).payload, { status: 'ok' });
        await ann.join(uniqueName('channel'));
      }
    },
  },
  ...Object.entries(PAYLOADS).map(([name, text]): CaseDraft => ({
    ...{ id: `SB8.payload-${name}`, severity: 'required', ...SETUP },
    title: `Bob broadcasts the payload ${text} in a binary frame`,
    expected: 'Ann receives the same bytes',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'bob', channel)];
      bob.broadcastBinary(channel, 'note', text);
      const frame = await ann.socket.receiveRaw();
      assertThat(frame.text.includes(text), `the payload ${text} was expected, got ${frame.text.slice(0, 200)}`);
    },
  })),
  {
    ...{ id: 'SB9.versions', severity: 'required', ...SETUP },
    title: 'Ann with vsn 1.0.0 and Bob with vsn 2.0.0 broadcast on one channel',
    expected: 'each receives the broadcast of the other one',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.open(scene, 'ann', '1.0.0'), await SupabaseClient.join(scene, 'bob', channel)];
      await ann.join(channel);
      ann.broadcast(channel, 'note', { n: 1 });
      assertEqual('broadcasts to Bob', await bob.broadcastsBeforeMarker(ann, channel), [[channel, 'note', { n: 1 }]]);
      bob.broadcastBinary(channel, 'note', '{"n":2}');
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), [[channel, 'note', { n: 2 }]]);
    },
  },
  {
    ...{ id: 'SB9.bytes', severity: 'required', ...SETUP },
    title: 'Bob broadcasts bytes',
    expected: 'Ann receives them in a binary frame',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'bob', channel)];
      bob.broadcastBinary(channel, 'bytes', Uint8Array.of(0, 10, 127));
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), [[channel, 'bytes', [0, 10, 127]]]);
    },
  },
  {
    ...{ id: 'SB9.order', severity: 'required', ...SETUP },
    title: `Bob broadcasts ${MANY} numbers`,
    expected: 'Ann receives all of them, each once and in order',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'bob', channel)];
      for (let n = 0; n < MANY; n++) bob.broadcast(channel, 'note', { n });
      const numbers = (await ann.broadcastsBeforeMarker(bob, channel)).map(([, , payload]) => (payload as { n: unknown }).n);
      assertEqual('the numbers', numbers, [...Array(MANY).keys()]);
    },
  },
  {
    ...{ id: 'SB9.large', severity: 'required', ...SETUP },
    title: `Bob broadcasts a text of ${LARGE} characters`,
    expected: 'Ann receives all of it',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'bob', channel)];
      const payload = { text: 'a'.repeat(LARGE) };
      bob.broadcast(channel, 'note', payload);
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), [[channel, 'note', payload]]);
    },
  },
  {
    ...{ id: 'SB10.not-self', severity: 'required', ...SETUP },
    title: 'Ann broadcasts on a channel without self',
    expected: 'she does not receive it',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'bob', channel)];
      ann.broadcast(channel, 'note', { n: 1 });
      assertEqual('broadcasts to Bob', await bob.broadcastsBeforeMarker(ann, channel), [[channel, 'note', { n: 1 }]]);
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), []);
    },
  },
  {
    ...{ id: 'SB10.self', severity: 'required', ...SETUP },
    title: 'Ann broadcasts on a channel with self',
    expected: 'she receives it once',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.open(scene, 'ann'), await SupabaseClient.join(scene, 'bob', channel)];
      await ann.join(channel, { broadcast: { self: true } });
      ann.broadcast(channel, 'note', { n: 1 });
      await bob.receive();
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(bob, channel), [[channel, 'note', { n: 1 }]]);
    },
  },
  {
    ...{ id: 'SB10.ack', severity: 'required', ...SETUP },
    title: 'Ann broadcasts on a channel with ack',
    expected: 'a reply with the status ok',
    async run(scene) {
      const channel = uniqueName('channel');
      const ann = await SupabaseClient.open(scene, 'ann');
      await ann.join(channel, { broadcast: { ack: true } });
      assertMembers('the reply', (await ann.replyTo(ann.broadcast(channel, 'note', {}))).payload, { status: 'ok' });
    },
  },
  {
    ...{ id: 'SB10.no-ack', severity: 'recommended', ...SETUP },
    title: 'Ann broadcasts on a channel without ack, then sends a heartbeat',
    expected: 'a reply to the heartbeat only',
    async run(scene) {
      const channel = uniqueName('channel');
      const ann = await SupabaseClient.join(scene, 'ann', channel);
      ann.broadcast(channel, 'note', {});
      await ann.replyTo(ann.sendTo('phoenix', 'heartbeat', {}));
    },
  },
  {
    ...{ id: 'SB13.track', severity: 'recommended', ...SETUP },
    title: 'Ann tracks her presence',
    expected: 'a reply: ok, or an error with a reason',
    async run(scene) {
      const channel = uniqueName('channel');
      const ann = await SupabaseClient.join(scene, 'ann', channel);
      const { payload } = await ann.call(channel, 'presence', { type: 'presence', event: 'track', payload: {} });
      const { reason } = (payload['response'] ?? {}) as { reason?: unknown };
      assertThat(payload['status'] === 'ok' || typeof reason === 'string', `ok or a reason, got ${formatValue(payload)}`);
    },
  },
  {
    ...{ id: 'SB14.postgres', severity: 'recommended', ...SETUP },
    title: 'Ann joins with postgres_changes',
    expected: 'an error, or one answer for each of them: supabase-js compares the lists',
    async run(scene) {
      const ann = await SupabaseClient.open(scene, 'ann');
      const changes = [{ event: '*', schema: 'public' }];
      const { payload } = await ann.call(uniqueName('channel'), 'phx_join', { config: { postgres_changes: changes } });
      const { postgres_changes: answered } = (payload['response'] ?? {}) as { postgres_changes?: readonly unknown[] };
      assertThat(payload['status'] === 'error' || answered?.length === 1, `an error was expected, got ${formatValue(payload)}`);
    },
  },
]);
