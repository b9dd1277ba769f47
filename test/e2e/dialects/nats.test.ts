import { headers, RequestError } from '@nats-io/nats-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NatsUser } from '../../support/e2e/nats-client.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { until } from '../../support/e2e/until.ts';
import { hmacToken, SECRET } from '../../support/tokens.ts';

/* The official client of NATS in Node. */

const TIMEOUT_MS = 60_000;
const DIALECTS = { dialects: ['peerjs', 'mercure', 'socketio', 'nats'] };
const OPTIONS = { ...DIALECTS, mercure_open: true };
const KEYS = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
const MANY = 1_000;

const token = (topic = '*', exp = 4_000_000_000): string => hmacToken({ exp, mercure: { publish: [topic], subscribe: [topic] } });

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('NATS on $name', (kind) => {
  let server: Server;
  const users: NatsUser[] = [];
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
  });
  afterEach(() => Promise.all(users.splice(0).map((user) => user.close())));
  afterAll(() => server.stop());

  async function user(options: Parameters<typeof NatsUser.connect>[1] = {}, place: Server = server): Promise<NatsUser> {
    const made = await NatsUser.connect(place, options);
    users.push(made);
    return made;
  }

  it('NA3, NA11, NA12: three clients exchange messages, in order and each once', async () => {
    const subject = uniqueName('subject');
    const [ann, bob, eve] = await Promise.all([user(), user(), user()]);
    for (const one of [ann, bob]) await one.subscribe(subject);
    const texts = ['', 'ü\r\n', 'MSG a 1 1\r\nx\r\n', ...Array.from({ length: MANY }, (_, n) => String(n))];
    for (const text of texts) eve.connection.publish(subject, text);
    for (const one of [ann, bob]) expect(await one.waitFor(texts.length)).toEqual(texts.map((text) => [subject, text]));
  });

  it('NA10: receives the messages of subjects with wildcards', async () => {
    const room = uniqueName('room');
    const [ann, bob] = await Promise.all([user(), user()]);
    for (const subject of [`${room}.*.b`, `${room}.c.>`]) await ann.subscribe(subject);
    for (const rest of ['a.b', 'a.b.c', 'c', 'c.d', 'c.d.e']) bob.connection.publish(`${room}.${rest}`, rest);
    await bob.connection.flush();
    expect((await ann.waitFor(3)).map(([, text]) => text)).toEqual(['a.b', 'c.d', 'c.d.e']);
  });

  it('NA11: receives no more than the maximum, and nothing after it unsubscribes', async () => {
    const [subject, other] = [uniqueName('subject'), uniqueName('other')];
    const [ann, bob] = await Promise.all([user(), user()]);
    await ann.subscribe(subject, { max: 2 });
    const ended = await ann.subscribe(subject);
    ended.unsubscribe();
    await ann.subscribe(other);
    for (const text of ['1', '2', '3']) bob.connection.publish(subject, text);
    bob.connection.publish(other, 'end');
    expect(await ann.waitFor(3)).toEqual([
      [subject, '1'],
      [subject, '2'],
      [other, 'end'],
    ]);
  });

  it('NA14: one member of a queue receives each message', async () => {
    const subject = uniqueName('subject');
    const [ann, bob, eve] = await Promise.all([user(), user(), user()]);
    for (const one of [ann, bob]) await one.subscribe(subject, { queue: 'workers' });
    for (let n = 0; n < 10; n++) eve.connection.publish(subject, String(n));
    await until(TIMEOUT_MS, 'all messages', () => (ann.received.length + bob.received.length === 10 ? true : undefined));
    expect([ann, bob].map(({ received }) => received.length)).toEqual([5, 5]);
  });

  it('NA12: headers and reply subjects arrive', async () => {
    const subject = uniqueName('subject');
    const [ann, bob] = await Promise.all([user(), user()]);
    await ann.subscribe(subject);
    const sent = headers();
    sent.append('Name', 'a value');
    sent.append('Name', 'another: ü');
    bob.connection.publish(subject, 'x', { headers: sent, reply: 'reply.to' });
    await ann.waitFor(1);
    const [message] = ann.messages;
    expect([message?.headers?.values('Name'), message?.reply]).toEqual([['a value', 'another: ü'], 'reply.to']);
  });

  it('NA15: a request is answered by its responder, or at once if there is none', async () => {
    const service = uniqueName('service');
    const [ann, bob] = await Promise.all([user(), user()]);
    const subscription = bob.connection.subscribe(service, {
      callback: (_, message) => void message.respond(`${message.string()} pong`),
    });
    await bob.connection.flush();
    expect((await ann.connection.request(service, 'ping', { timeout: TIMEOUT_MS })).string()).toBe('ping pong');
    subscription.unsubscribe();
    await bob.connection.flush();
    const missing = await ann.connection.request(service, 'ping', { timeout: TIMEOUT_MS }).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(RequestError);
    expect((missing as RequestError).isNoResponders()).toBe(true);
    const alone = await ann.connection.request(service, '', { timeout: TIMEOUT_MS, noMux: true, reply: 'r' }).catch(String);
    expect(alone).toContain('no responders');
  });

  it('NA13, NA16: a client without echo does not receive its own messages', async () => {
    const subject = uniqueName('subject');
    const [ann, bob] = await Promise.all([user({ noEcho: true }), user()]);
    await ann.subscribe(subject);
    ann.connection.publish(subject, 'own');
    await ann.connection.flush();
    bob.connection.publish(subject, 'other');
    expect(await ann.waitFor(1)).toEqual([[subject, 'other']]);
  });

  it('NA8: a payload of max_payload arrives, and the client refuses a larger one', async () => {
    const subject = uniqueName('subject');
    const [ann, bob] = await Promise.all([user(), user()]);
    await ann.subscribe(subject);
    const most = bob.connection.info?.max_payload ?? 0;
    for (let n = 0; n < 20; n++) bob.connection.publish(subject, 'a'.repeat(1_500));
    bob.connection.publish(subject, 'b'.repeat(most));
    expect((await ann.waitFor(21)).at(-1)?.[1].length).toBe(most);
    expect(() => bob.connection.publish(subject, 'b'.repeat(most + 1))).toThrow('max_payload');
  });

  it('NA13: a client with too many copies of a large message is told so and closed, and reconnects', async () => {
    const subject = uniqueName('subject');
    const [ann, bob] = await Promise.all([user(), user()]);
    for (let n = 0; n < 6; n++) await ann.subscribe(subject);
    bob.connection.publish(subject, 'b'.repeat(bob.connection.info?.max_payload ?? 0));
    await until(TIMEOUT_MS, 'an error', () => (ann.errors.length > 0 ? true : undefined));
    expect([ann.errors, ann.received.length]).toEqual([[expect.stringContaining('Slow Consumer')], 4]);
    await until(TIMEOUT_MS, 'a small message', () => {
      bob.connection.publish(subject, 'small');
      return ann.received.length >= 10 ? true : undefined;
    });
  });

  it('NA6: stays connected for longer than the interval of pings', async () => {
    const pinging = await Server.start({ kind, options: { ...OPTIONS, ping_interval: 1_000, alive_timeout: 5_000 } });
    const ann = await user({ pingInterval: 500, maxPingOut: 10 }, pinging);
    const from = Date.now();
    await until(TIMEOUT_MS, 'some pings', async () => {
      await ann.connection.flush();
      return Date.now() - from > 7_000 ? true : undefined;
    });
    expect([ann.errors, ann.connection.isClosed()]).toEqual([[], false]);
    await ann.close();
    await pinging.stop();
  });

  it('NA7: reconnects to a restarted broker, and subscribes again', async () => {
    const first = await Server.start({ kind, options: OPTIONS });
    const [ann, bob] = [await user({ maxReconnectAttempts: -1 }, first), await user({ maxReconnectAttempts: -1 }, first)];
    for (const subject of ['garden', 'house.>']) await ann.subscribe(subject);
    await first.stop();
    const second = await Server.start({ kind, options: OPTIONS, port: first.port });
    await until(TIMEOUT_MS, 'a message after the restart', () => {
      bob.connection.publish('house.a', 'x');
      return ann.received.length > 0 ? true : undefined;
    });
    await Promise.all([ann.close(), bob.close()]);
    await second.stop();
  });

  it('NA5, NA9: a token is required, and limits the topics', async () => {
    const guarded = await Server.start({ kind, options: { ...DIALECTS, ...KEYS } });
    expect(await NatsUser.refusal(guarded)).toContain('Authorization');
    expect(await NatsUser.refusal(guarded, { token: 'wrong' })).toContain('Authorization');
    expect(await NatsUser.refusal(guarded, { token: token('*', 1) })).toContain('Expired');
    const ann = await user({ token: token('garden') }, guarded);
    const bob = await user({ user: 'bob', pass: token() }, guarded);
    await bob.subscribe('>');
    ann.connection.publish('house', 'x');
    ann.connection.publish('garden', 'y');
    expect(await bob.waitFor(1)).toEqual([['garden', 'y']]);
    expect(ann.errors.join()).toContain('Permissions Violation for Publish to "house"');
    await Promise.all([ann.close(), bob.close()]);
    await guarded.stop();
  });

  it('NA12: meets clients of Mercure', async () => {
    const subject = uniqueName('subject');
    const ann = await user();
    await ann.subscribe(subject);
    const hub = `http://${server.host}:${server.port}/.well-known/mercure`;
    const stop = new AbortController();
    const stream = await fetch(`${hub}?topic=${subject}`, { signal: stop.signal });
    for (const data of ['no base64', Buffer.from('hello').toString('base64')]) {
      await fetch(hub, { method: 'POST', body: new URLSearchParams({ topic: subject, data }) });
    }
    ann.connection.publish(subject, Uint8Array.of(1, 2, 255));
    expect((await ann.waitFor(2))[0]).toEqual([subject, 'hello']);
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes('AQL/')) break;
    }
    stop.abort();
    expect(text.match(/data: .*/g)).toEqual(['data: no base64', 'data: aGVsbG8=', 'data: AQL/']);
  });

  it('NA16: clients with a prefix meet clients without one', async () => {
    const prefixed = await Server.start({ kind, options: { ...OPTIONS, nats_prefixes: ['peerix.'] } });
    const [ann, bob] = [await user({}, prefixed), await user({}, prefixed)];
    await ann.subscribe('peerix.garden');
    await bob.subscribe('garden');
    bob.connection.publish('garden', '1');
    await bob.connection.flush();
    ann.connection.publish('peerix.garden', '2');
    expect(await ann.waitFor(2)).toEqual([
      ['peerix.garden', '1'],
      ['peerix.garden', '2'],
    ]);
    expect(await bob.waitFor(2)).toEqual([
      ['garden', '1'],
      ['garden', '2'],
    ]);
    await Promise.all([ann.close(), bob.close()]);
    await prefixed.stop();
  });
});
