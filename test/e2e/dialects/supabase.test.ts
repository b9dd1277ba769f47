import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { broadcast, statusOf, SupabaseUser } from '../../support/e2e/supabase-client.ts';
import { until } from '../../support/e2e/until.ts';
import { hmacToken, SECRET } from '../../support/tokens.ts';

/* The official client of Supabase in Node. */

const TIMEOUT_MS = 60_000;
const DIALECTS = { dialects: ['peerjs', 'mercure', 'socketio', 'centrifuge', 'supabase'] };
const OPTIONS = { ...DIALECTS, mercure_open: true };
const KEYS = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
/** The client reconnects if a heartbeat is not answered before the next one. */
const HEARTBEAT_MS = 2_500;
const VERSIONS = ['1.0.0', '2.0.0'] as const;

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

function mercureToken(exp: number, topic = '*'): string {
  return hmacToken({ exp, mercure: { publish: [topic], subscribe: [topic] } });
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Supabase Realtime on $name', (kind) => {
  let server: Server;
  const users: SupabaseUser[] = [];
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
  });
  afterEach(() => Promise.all(users.splice(0).map((user) => user.close())));
  afterAll(() => server.stop());

  function user(place: Server = server, options: ConstructorParameters<typeof SupabaseUser>[1] = {}): SupabaseUser {
    const made = new SupabaseUser(place, options);
    users.push(made);
    return made;
  }

  it.each([
    ['1.0.0', '2.0.0'],
    ['2.0.0', '1.0.0'],
    ['2.0.0', '2.0.0'],
  ] as const)('SB2, SB8, SB9: versions %s and %s exchange any JSON, in order and each once', async (one, other) => {
    const name = uniqueName('channel');
    const [ann, bob] = [user(server, { vsn: one }), user(server, { vsn: other })];
    await ann.join(name);
    const channel = await bob.join(name);
    const values = [null, 1.5, 'text\n\u2028"', { a: { b: [] } }, [1, 2, 255], ...Array.from({ length: 50 }, (_, n) => n)];
    for (const value of values) expect(await broadcast(channel, 'note', { value })).toBe('ok');
    expect(await ann.waitFor(values.length)).toEqual(values.map((value) => [name, 'note', { value }]));
    expect(bob.received).toEqual([]);
  });

  it('SB9: bytes reach clients with version 2.0.0 only', async () => {
    const name = uniqueName('channel');
    const [ann, old, bob] = [user(), user(server, { vsn: '1.0.0' }), user()];
    for (const one of [ann, old]) await one.join(name);
    const channel = await bob.join(name);
    await broadcast(channel, 'bytes', Uint8Array.of(0, 10, 255).buffer);
    await broadcast(channel, 'end', {});
    expect(await ann.waitFor(2)).toEqual([
      [name, 'bytes', Uint8Array.of(0, 10, 255)],
      [name, 'end', {}],
    ]);
    expect(await old.waitFor(1)).toEqual([[name, 'end', {}]]);
  });

  it.each(VERSIONS)('SB10: version %s confirms broadcasts and returns them to their publisher if asked to', async (vsn) => {
    const name = uniqueName('channel');
    const ann = user(server, { vsn });
    const channel = await ann.join(name, { broadcast: { self: true, ack: true } });
    expect(await broadcast(channel, 'note', { a: 1 })).toBe('ok');
    expect(await ann.waitFor(1)).toEqual([[name, 'note', { a: 1 }]]);
  });

  it('SB11: publishes by HTTP before it has joined, as JSON and as bytes', async () => {
    const name = uniqueName('channel');
    const [ann, bob] = [user(), user()];
    await ann.join(name);
    const channel = bob.channel(name);
    expect(await broadcast(channel, 'note', { a: 1 })).toBe('ok');
    expect(await channel.httpSend('it/ä', [1, 'b'])).toEqual({ success: true });
    expect(await channel.httpSend('bytes', Uint8Array.of(0, 255))).toEqual({ success: true });
    expect(await ann.waitFor(3)).toEqual([
      [name, 'note', { a: 1 }],
      [name, 'it/ä', [1, 'b']],
      [name, 'bytes', Uint8Array.of(0, 255)],
    ]);
  });

  it('SB6: receives nothing after it leaves, and joins again', async () => {
    const name = uniqueName('channel');
    const [ann, bob] = [user(), user()];
    const left = await ann.join(name);
    await ann.join(`${name}2`);
    const [first, second] = [await bob.join(name), await bob.join(`${name}2`)];
    expect(await left.unsubscribe()).toBe('ok');
    await broadcast(first, 'note', { n: 1 });
    await broadcast(second, 'note', { n: 2 });
    expect(await ann.waitFor(1)).toEqual([[`${name}2`, 'note', { n: 2 }]]);
    await ann.join(name);
    await broadcast(first, 'note', { n: 3 });
    expect((await ann.waitFor(2))[1]).toEqual([name, 'note', { n: 3 }]);
  });

  it.each(VERSIONS)('SB13: version %s tracks presences, and sees those of others come and go', async (vsn) => {
    const name = uniqueName('channel');
    const [ann, bob] = [user(server, { vsn }), user()];
    const events: unknown[] = [];
    const garden = ann.channel(name, { presence: { key: 'ann' } });
    garden.on('presence', { event: 'join' }, ({ key, newPresences }) => void events.push(['join', key, newPresences[0]?.['n']]));
    garden.on(
      'presence',
      { event: 'leave' },
      ({ key, leftPresences }) => void events.push(['leave', key, leftPresences[0]?.['n']]),
    );
    expect(await statusOf(garden)).toBe('SUBSCRIBED');
    expect(await garden.track({ n: 1 })).toBe('ok');
    const other = await bob.join(name, { presence: { key: 'bob', enabled: true } });
    expect(await other.track({ n: 2, deep: { a: [] } })).toBe('ok');
    await until(TIMEOUT_MS, 'both presences', () => (Object.keys(other.presenceState()).length === 2 ? true : undefined));
    expect(other.presenceState()).toEqual({
      ann: [{ n: 1, presence_ref: expect.any(String) as string }],
      bob: [{ n: 2, deep: { a: [] }, presence_ref: expect.any(String) as string }],
    });
    expect(await other.track({ n: 3 })).toBe('ok');
    expect(await other.untrack()).toBe('ok');
    await other.track({ n: 4 });
    await bob.close();
    await until(TIMEOUT_MS, 'the end of Bob', () => (events.length === 7 ? true : undefined));
    expect(events).toEqual([
      ['join', 'ann', 1],
      ...[
        ['join', 'bob', 2],
        ['join', 'bob', 3],
        ['leave', 'bob', 2],
        ['leave', 'bob', 3],
      ],
      ...[
        ['join', 'bob', 4],
        ['leave', 'bob', 4],
      ],
    ]);
    expect(Object.keys(garden.presenceState())).toEqual(['ann']);
  });

  it('SB5, SB14, SB16: refuses a join, and the connection stays open', async () => {
    const ann = user();
    await ann.join(uniqueName('channel'));
    const changes = ann.client
      .channel(uniqueName('channel'))
      .on('postgres_changes', { event: '*', schema: 'public' }, () => undefined);
    expect(await statusOf(changes)).toBe('CHANNEL_ERROR: postgres_changes is not available: this broker has no database');
    await ann.client.removeChannel(changes);
    expect(await statusOf(ann.channel('a'.repeat(250)))).toBe('CHANNEL_ERROR: The topic is empty or too long');
    await ann.join(uniqueName('channel'));
  });

  it('SB5, SB11: an unknown key is the reason of a join, and 401 by HTTP', async () => {
    const stranger = user(server, { params: { key: 'unknown' } });
    expect(await statusOf(stranger.channel('garden'))).toBe('CHANNEL_ERROR: Invalid key provided');
    const url = `http://${server.host}:${server.port}/realtime/v1/api/broadcast?key=unknown`;
    const body = JSON.stringify({ messages: [{ topic: 'garden', event: 'note', payload: {} }] });
    expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
  });

  it('SB7: stays connected, because its heartbeats are answered', async () => {
    const ann = user(server, { heartbeatIntervalMs: HEARTBEAT_MS });
    const statuses: string[] = [];
    ann.client.realtime.onHeartbeat((status) => void statuses.push(status));
    await ann.join(uniqueName('channel'));
    await until(TIMEOUT_MS, 'heartbeats', () => (statuses.filter((status) => status === 'ok').length > 2 ? true : undefined));
    expect(statuses.filter((status) => status !== 'ok' && status !== 'sent')).toEqual([]);
  });

  it('SB15: joins again on a restarted broker', async () => {
    const first = await Server.start({ kind, options: OPTIONS });
    const [ann, bob] = [user(first), user(first)];
    await ann.join('garden');
    const channel = await bob.join('garden', { broadcast: { ack: true } });
    await first.stop();
    const second = await Server.start({ kind, options: OPTIONS, port: first.port });
    await until(TIMEOUT_MS, 'broadcasts again', async () => {
      if (channel.state === 'joined') await broadcast(channel, 'note', { n: 1 });
      return ann.received.length > 0 ? true : undefined;
    });
    await second.stop();
  });

  it('SB12: a token is required, limits the topics, and is refreshed before it expires', async () => {
    const guarded = await Server.start({ kind, options: { ...DIALECTS, ...KEYS } });
    expect(await statusOf(user(guarded).channel('garden'))).toBe('CHANNEL_ERROR: Unauthorized: Authentication required');
    const expired = user(guarded, { apikey: mercureToken(inSeconds(-60)) });
    expect(await statusOf(expired.channel('garden'))).toBe('CHANNEL_ERROR: Unauthorized: Token expired');
    const ack = { broadcast: { ack: true } };
    const limited = user(guarded, { apikey: mercureToken(inSeconds(60), 'garden') });
    const [garden, house] = [await limited.join('garden', ack), await limited.join('house', ack)];
    expect([await broadcast(garden, 'note', {}), await broadcast(house, 'note', {})]).toEqual(['ok', 'error']);
    await expect(limited.channel('shed').httpSend('note', {})).rejects.toThrow(/^Unauthorized: You do not have permissions/);
    const start = Date.now();
    const accessToken = (): Promise<string> =>
      Promise.resolve(mercureToken(inSeconds(Date.now() - start < 1_000 ? (3 * HEARTBEAT_MS) / 1_000 : 600)));
    const renewing = user(guarded, { accessToken, heartbeatIntervalMs: HEARTBEAT_MS });
    await renewing.client.realtime.setAuth();
    const channel = await renewing.join('garden', { ...ack, private: true });
    const states: string[] = [];
    const from = Date.now();
    await until(TIMEOUT_MS, 'the end of the first token', () => {
      states.push(channel.state);
      return Date.now() - from > 4 * HEARTBEAT_MS ? true : undefined;
    });
    expect([await broadcast(channel, 'note', {}), states.filter((state) => state !== 'joined')]).toEqual(['ok', []]);
    await guarded.stop();
  });

  it('SB16: a frame of up to max_message_bytes is delivered, and a larger one ends its connection', async () => {
    const name = uniqueName('channel');
    const [ann, bob] = [user(), user()];
    await ann.join(name);
    const channel = await bob.join(name);
    const text = 'ä'.repeat(200_000);
    await broadcast(channel, 'note', { text });
    expect((await ann.waitFor(1))[0]?.[2]).toEqual({ text });
    await broadcast(channel, 'note', { text: 'a'.repeat(2 ** 20) });
    await until(TIMEOUT_MS, 'the end of the connection', () => (channel.state === 'joined' ? undefined : true));
  });

  it('SB17: meets clients of Mercure, with and without a prefix', async () => {
    const prefixed = await Server.start({ kind, options: { ...OPTIONS, supabase_prefixes: ['peerix:'] } });
    const ann = user(prefixed);
    const [room] = [await ann.join('peerix:garden'), await ann.join('peerix:ann')];
    const hub = `http://${prefixed.host}:${prefixed.port}/.well-known/mercure`;
    const stop = new AbortController();
    const stream = await fetch(`${hub}?topic=garden`, { signal: stop.signal });
    for (const data of ['AAr/', 'no base64']) {
      await fetch(hub, { method: 'POST', body: new URLSearchParams({ topic: 'garden', data }) });
    }
    await broadcast(room, 'note', [1]);
    await broadcast(room, 'message', ['garden', [1, 2, 255]]);
    expect(await ann.waitFor(1)).toEqual([['peerix:garden', 'message', ['garden', [0, 10, 255]]]]);
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes('AQL/')) break;
    }
    stop.abort();
    expect(text.match(/data: .*/g)).toEqual(['data: AAr/', 'data: no base64', 'data: AQL/']);
    await prefixed.stop();
  });
});
