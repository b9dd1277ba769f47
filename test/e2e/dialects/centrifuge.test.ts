import { SubscriptionState } from 'centrifuge';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CentrifugeUser, errorCodeOf } from '../../support/e2e/centrifuge-client.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { until } from '../../support/e2e/until.ts';
import { hmacToken, SECRET } from '../../support/tokens.ts';

/* The official client of Centrifugo in Node. */

const TIMEOUT_MS = 60_000;
const DIALECTS = { dialects: ['peerjs', 'mercure', 'socketio', 'centrifuge'] };
const OPTIONS = { ...DIALECTS, mercure_open: true };
const KEYS = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

function mercureToken(exp: number, topic = '*'): string {
  return hmacToken({ exp, mercure: { publish: [topic], subscribe: [topic] } });
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Centrifuge on $name', (kind) => {
  let server: Server;
  const users: CentrifugeUser[] = [];
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
  });
  afterEach(() => users.splice(0).forEach((user) => user.close()));
  afterAll(() => server.stop());

  function user(place: Server = server, options: ConstructorParameters<typeof CentrifugeUser>[1] = {}): CentrifugeUser {
    const made = new CentrifugeUser(place, options);
    users.push(made);
    return made;
  }

  it('CF3, CF6, CF8: three clients exchange any JSON, in order and each once', async () => {
    const channel = uniqueName('channel');
    const [ann, bob, eve] = await Promise.all([user().connect(), user().connect(), user().connect()]);
    for (const one of [ann, bob]) await one.subscribe(channel);
    const values = [null, 1.5, 'text\n\u2028"', [1, 2, 255], { a: { b: [] } }, ...Array.from({ length: 50 }, (_, n) => n)];
    for (const value of values) await eve.client.publish(channel, value);
    for (const one of [ann, bob]) expect(await one.waitFor(values.length)).toEqual(values.map((value) => [channel, value]));
  });

  it('CF1, CF4: a client connects and subscribes in one frame', async () => {
    const channel = uniqueName('channel');
    const ann = user();
    const subscriptions = [1, 2, 3].map((number) => ann.client.newSubscription(`${channel}${number}`));
    for (const one of subscriptions) one.subscribe();
    await ann.connect();
    await Promise.all(subscriptions.map((one) => one.ready(TIMEOUT_MS)));
  });

  it('CF7: receives nothing after it unsubscribes', async () => {
    const channel = uniqueName('channel');
    const [ann, bob] = await Promise.all([user().connect(), user().connect()]);
    const subscription = await ann.subscribe(channel);
    await ann.subscribe(`${channel}2`);
    await bob.client.publish(channel, 1);
    await ann.waitFor(1);
    subscription.unsubscribe();
    await subscription.presence().catch(() => undefined);
    await bob.client.publish(channel, 2);
    await bob.client.publish(`${channel}2`, 3);
    expect(await ann.waitFor(2)).toEqual([
      [channel, 1],
      [`${channel}2`, 3],
    ]);
  });

  it('CF10, CF12, CF15: refuses a command, and the connection stays open', async () => {
    const { client } = await user().connect();
    const channel = uniqueName('channel');
    expect(await errorCodeOf(client.history(channel, { limit: 1 }))).toBe(108);
    expect(await errorCodeOf(client.rpc('method', {}))).toBe(108);
    expect(await errorCodeOf(client.publish('a'.repeat(256), 1))).toBe(107);
    expect(await errorCodeOf(client.publish(channel, 1))).toBeUndefined();
    const refused = client.newSubscription('a'.repeat(256));
    const ended = new Promise((resolve) => refused.once('unsubscribed', ({ code }) => resolve(code)));
    refused.subscribe();
    expect(await ended).toBe(107);
  });

  it('CF10: lists the subscribers of a channel with their data, and notifies of joins and leaves', async () => {
    const channel = uniqueName('channel');
    const [ann, bob] = await Promise.all([user().connect(), user().connect()]);
    const events: (readonly [string, string, unknown])[] = [];
    const garden = ann.client.newSubscription(channel, { joinLeave: true, data: { name: 'Ann' } });
    garden.on('join', ({ info }) => void events.push(['join', info.client, info.chanInfo]));
    garden.on('leave', ({ info }) => void events.push(['leave', info.client, info.chanInfo]));
    garden.subscribe();
    await garden.ready(TIMEOUT_MS);
    const [own] = Object.keys((await garden.presence()).clients) as [string];
    const left = await bob.subscribe(channel);
    const { clients } = await bob.client.presence(channel);
    const [other] = Object.keys(clients).filter((client) => client !== own) as [string];
    expect(clients).toEqual({
      [own]: { client: own, user: '', chan_info: { name: 'Ann' }, chanInfo: { name: 'Ann' } },
      [other]: { client: other, user: '' },
    });
    expect(await garden.presenceStats()).toEqual({ numClients: 2, numUsers: 1 });
    left.unsubscribe();
    await until(TIMEOUT_MS, 'three events', () => (events.length === 3 ? true : undefined));
    expect(events).toEqual([
      ['join', own, { name: 'Ann' }],
      ['join', other, undefined],
      ['leave', other, undefined],
    ]);
  });

  it('CF2, CF13: is closed for good after a message without a receiver', async () => {
    const ann = await user().connect();
    const ended = new Promise((resolve) => ann.client.once('disconnected', ({ code }) => resolve(code)));
    await ann.client.send({ a: 1 });
    expect(await ended).toBe(3508);
  });

  it('CF5: stays connected for longer than the interval of pings', async () => {
    const pinging = await Server.start({ kind, options: { ...OPTIONS, ping_interval: 1_000, alive_timeout: 5_000 } });
    const ann = await user(pinging, { maxServerPingDelay: 4_000 }).connect();
    const states: string[] = [];
    ann.client.on('connecting', ({ reason }) => void states.push(reason));
    const from = Date.now();
    await until(TIMEOUT_MS, 'some pings', async () => {
      expect(await errorCodeOf(ann.client.publish('a', 1))).toBeUndefined();
      return Date.now() - from > 7_000 ? true : undefined;
    });
    expect(states).toEqual([]);
    await pinging.stop();
  });

  it('CF9, CF13: reconnects to a restarted broker, subscribes again, and is told that publications may be missing', async () => {
    const first = await Server.start({ kind, options: OPTIONS });
    const ann = await user(first).connect();
    const reasons: number[] = [];
    ann.client.on('connecting', ({ code }) => void reasons.push(code));
    const subscription = await ann.subscribe('garden');
    await first.drain();
    const second = await Server.start({ kind, options: OPTIONS, port: first.port });
    await until(TIMEOUT_MS, 'a new subscription', () => (subscription.state === SubscriptionState.Subscribed ? true : undefined));
    await ann.client.publish('garden', 1);
    expect(await ann.waitFor(1)).toEqual([['garden', 1]]);
    expect(reasons[0]).toBe(3001);
    await second.stop();
  });

  it('CF14: meets clients of Mercure', async () => {
    const channel = uniqueName('channel');
    const ann = await user().connect();
    await ann.subscribe(channel);
    const hub = `http://${server.host}:${server.port}/.well-known/mercure`;
    const stop = new AbortController();
    const stream = await fetch(`${hub}?topic=${channel}`, { signal: stop.signal });
    for (const data of ['AAr/', 'no base64']) {
      await fetch(hub, { method: 'POST', body: new URLSearchParams({ topic: channel, data }) });
    }
    await ann.client.publish(channel, { a: 1 });
    await ann.client.publish(channel, [1, 2, 255]);
    expect(await ann.waitFor(3)).toEqual([
      [channel, [0, 10, 255]],
      [channel, { a: 1 }],
      [channel, [1, 2, 255]],
    ]);
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes('AQL/')) break;
    }
    stop.abort();
    expect(text.match(/data: .*/g)).toEqual(['data: AAr/', 'data: no base64', 'data: AQL/']);
  });

  it('CF11: a token is required, limits the topics, and is refreshed before it expires', async () => {
    const guarded = await Server.start({ kind, options: { ...DIALECTS, ...KEYS } });
    expect(await user(guarded).refusal()).toBe('101 Authentication required');
    expect(await user(guarded, { token: 'wrong' }).refusal()).toBe('101 Invalid token');
    const limited = await user(guarded, { token: mercureToken(inSeconds(60), 'garden') }).connect();
    expect(await errorCodeOf(limited.client.publish('house', 1))).toBe(103);
    expect(await errorCodeOf(limited.client.publish('garden', 1))).toBeUndefined();
    let fetched = 0;
    const getToken = (): Promise<string> => Promise.resolve(mercureToken(inSeconds(++fetched === 1 ? 9 : 600)));
    const renewing = await user(guarded, { getToken }).connect();
    const states: unknown[] = [];
    renewing.client.on('connecting', (context) => void states.push(context));
    const from = Date.now();
    await until(TIMEOUT_MS, 'the end of the first token', () => (Date.now() - from > 10_000 ? true : undefined));
    expect(await errorCodeOf(renewing.client.publish('a', 1))).toBeUndefined();
    expect([fetched, states]).toEqual([2, []]);
    await guarded.stop();
  });

  it('CF11: a client with an expired token requests a new one', async () => {
    const guarded = await Server.start({ kind, options: { ...DIALECTS, ...KEYS } });
    const getToken = (): Promise<string> => Promise.resolve(mercureToken(inSeconds(600)));
    const ann = await user(guarded, { token: mercureToken(inSeconds(-60)), getToken }).connect();
    expect(await errorCodeOf(ann.client.publish('a', 1))).toBeUndefined();
    await guarded.stop();
  });

  it('CF15: a frame of up to max_message_bytes is delivered, and a larger one ends its connection', async () => {
    const channel = uniqueName('channel');
    const [ann, bob] = await Promise.all([user().connect(), user().connect()]);
    await ann.subscribe(channel);
    const bytes = Array.from({ length: 60_000 }, (_, n) => n % 256);
    await bob.client.publish(channel, bytes);
    expect((await ann.waitFor(1))[0]?.[1]).toEqual(bytes);
    const ended = new Promise((resolve) => bob.client.once('disconnected', ({ code }) => resolve(code)));
    bob.client.publish(channel, 'a'.repeat(2 ** 20)).catch(() => undefined);
    expect(await ended).toBe(3);
  });

  it('CF16: clients with a prefix meet clients without one', async () => {
    const prefixed = await Server.start({ kind, options: { ...OPTIONS, centrifuge_prefixes: ['peerix:'] } });
    const [ann, bob] = await Promise.all([user(prefixed).connect(), user(prefixed).connect()]);
    await ann.subscribe('peerix:garden');
    await bob.subscribe('garden');
    await bob.client.publish('garden', 1);
    await ann.client.publish('peerix:garden', 2);
    expect(await ann.waitFor(2)).toEqual([
      ['peerix:garden', 1],
      ['peerix:garden', 2],
    ]);
    expect(await bob.waitFor(2)).toEqual([
      ['garden', 1],
      ['garden', 2],
    ]);
    await prefixed.stop();
  });
});
