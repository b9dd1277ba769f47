import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, MqttUser } from '../../support/e2e/mqtt-client.ts';
import { MqttWire } from '../../support/e2e/mqtt-wire.ts';
import { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';
import { hmacToken, SECRET } from '../../support/tokens.ts';

/* MQTT.js in Node, which sends each field of a packet as a frame of its own (W1). */

const TIMEOUT_MS = 60_000;
const DIALECTS = { dialects: ['peerjs', 'mercure', 'mqtt'] };
const OPTIONS = { ...DIALECTS, mercure_open: true, messages_per_second: 10_000, message_burst: 10_000 };
const KEYS = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
const VERSIONS = [4, 5] as const;

const hex = (text: string): string => Buffer.from(text).toString('hex');

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('MQTT on $name', (kind) => {
  let server: Server;
  const users: MqttUser[] = [];
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
  });
  afterEach(() => users.splice(0).forEach((user) => user.close()));
  afterAll(() => server.stop());

  function user(options: ConstructorParameters<typeof MqttUser>[1] = {}, place: Server = server): Promise<MqttUser> {
    const made = new MqttUser(place, options);
    users.push(made);
    return made.connect();
  }

  it.each(VERSIONS)('W1, MQ16, MQ18: version %d delivers any bytes with each QoS, in order and once', async (protocolVersion) => {
    const topic = uniqueName('topic');
    const [ann, bob, eve] = await Promise.all([
      user({ protocolVersion }),
      user({ protocolVersion: 4 }),
      user({ protocolVersion: 5 }),
    ]);
    for (const one of [bob, eve]) await one.subscribe(`${topic}/#`);
    const payloads = Array.from({ length: 90 }, (_, n) => Buffer.alloc(n * 7, n));
    await Promise.all(payloads.map((payload, n) => ann.publish(`${topic}/${n % 2}`, payload, { qos: (n % 3) as 0 | 1 | 2 })));
    const expected = payloads.map((payload, n) => [`${topic}/${n % 2}`, payload.toString('hex'), false] as const);
    for (const one of [bob, eve]) expect(await one.waitFor(payloads.length)).toEqual(expected);
  });

  it('MQ14, MQ16: version 5.0 reports what is refused, and the connection stays open', async () => {
    const topic = uniqueName('topic');
    const ann = await user({ protocolVersion: 5 });
    expect(await failureOf(ann.subscribe(`$share//${topic}`))).toContain('Subscribe error');
    expect(await failureOf(ann.publish('$SYS/x', 'x'))).toContain('Not authorized');
    expect(await failureOf(ann.publish('a'.repeat(1_025), 'x'))).toContain('Topic Name invalid');
    await ann.subscribe(topic);
    await ann.publish(topic, 'still here');
    expect(await ann.waitFor(1)).toEqual([[topic, hex('still here'), false]]);
    expect(ann.errors).toEqual([]);
  });

  it('MQ19: with no-local, a client does not receive its own publications', async () => {
    const topic = uniqueName('topic');
    const [ann, bob] = await Promise.all([user({ protocolVersion: 5 }), user({ protocolVersion: 4 })]);
    await ann.subscribe(topic, { nl: true });
    await bob.subscribe(topic);
    await ann.publish(topic, '1');
    await bob.publish(topic, '2');
    expect(await ann.waitFor(1)).toEqual([[topic, hex('2'), false]]);
    expect((await bob.waitFor(2)).map(([, bytes]) => bytes)).toEqual([hex('1'), hex('2')]);
  });

  it.each(VERSIONS)('MQ25: version %d shares publications among members, each once and in turn', async (protocolVersion) => {
    const topic = uniqueName('topic');
    const members = await Promise.all([user({ protocolVersion }), user({ protocolVersion: 5 })]);
    const [bob, eve] = await Promise.all([user({ protocolVersion }), user({ protocolVersion })]);
    await bob.publish(`${topic}/kept`, 'kept', { qos: 1, retain: true });
    for (const one of members) await one.subscribe(`$share/workers/${topic}/#`);
    await eve.subscribe(`${topic}/+`);
    const payloads = Array.from({ length: 40 }, (_, n) => hex(`message ${n}`));
    for (const payload of payloads) await bob.publish(`${topic}/a`, Buffer.from(payload, 'hex'));
    expect((await eve.waitFor(41)).length).toBe(41);
    for (const one of members) await one.waitFor(20);
    const received = members.map((one) => one.received.map(([, bytes]) => bytes));
    expect(received.map(({ length }) => length)).toEqual([20, 20]);
    expect(received.flat().sort()).toEqual([...payloads].sort());
    await within(TIMEOUT_MS, 'an unsubscription', members[0]?.client.unsubscribeAsync(`$share/workers/${topic}/#`));
    for (const payload of payloads) await bob.publish(`${topic}/a`, Buffer.from(payload, 'hex'));
    expect((await members[1]?.waitFor(60))?.length).toBe(60);
    expect(members[0]?.received.length).toBe(20);
  });

  it('MQ20, MQ21: a will is published when a connection is cut, and is retained', async () => {
    const topic = uniqueName('topic');
    const bob = await user();
    await bob.subscribe(topic);
    const ann = await user({ reconnectPeriod: 0, will: { topic, payload: Buffer.from('gone'), qos: 1, retain: true } });
    ann.client.stream.destroy();
    expect(await bob.waitFor(1)).toEqual([[topic, hex('gone'), false]]);
    const eve = await user();
    await eve.subscribe(`${topic}/#`);
    expect(await eve.waitFor(1)).toEqual([[topic, hex('gone'), true]]);
    await eve.publish(topic, '', { qos: 1, retain: true });
    const late = await user();
    await late.subscribe(topic);
    await late.publish(topic, 'live');
    expect(await late.waitFor(1)).toEqual([[topic, hex('live'), false]]);
  });

  it('MQ22: properties of version 5.0 reach clients of version 5.0', async () => {
    const topic = uniqueName('topic');
    const [ann, bob] = await Promise.all([user({ protocolVersion: 5 }), user({ protocolVersion: 5 })]);
    await bob.subscribe(topic);
    const told = new Promise<unknown>((resolve) =>
      bob.client.once('message', (_topic, _payload, packet) => resolve(packet.properties)),
    );
    const properties = { contentType: 'text/plain', responseTopic: 'answers', correlationData: Buffer.from([1]) };
    await ann.publish(topic, 'x', { qos: 1, properties: { ...properties, userProperties: { a: 'b' } } });
    expect(await told).toMatchObject({ ...properties, userProperties: { a: 'b' } });
  });

  it.each(VERSIONS)('MQ10: version %d stays connected by PINGREQ', async (protocolVersion) => {
    const patient = await Server.start({ kind, options: { ...OPTIONS, alive_timeout: 5_000, ping_interval: 1_000 } });
    const ann = await user({ protocolVersion, keepalive: 4 }, patient);
    // The broker closes a client that is silent for 1.5 times its keep alive.
    let closes = 0;
    ann.client.on('close', () => void (closes += 1));
    const from = Date.now();
    await until(TIMEOUT_MS, 'some pings', () => (Date.now() - from > 8_000 ? true : undefined));
    expect([ann.client.connected, closes]).toEqual([true, 0]);
    await patient.stop();
  });

  it.each(VERSIONS)('MQ10, MQ21: version %d is closed if it sends nothing, and its will is published', async (version) => {
    const topic = uniqueName('wills');
    const bob = await user();
    await bob.subscribe(topic);
    const silent = await MqttWire.open(server, version);
    const will = { topic, payload: Buffer.from('gone'), qos: 0, retain: false } as const;
    silent.send({ cmd: 'connect', clientId: '', keepalive: 1, clean: true, protocolId: 'MQTT', protocolVersion: version, will });
    expect(await bob.waitFor(1)).toEqual([[topic, hex('gone'), false]]);
    await until(TIMEOUT_MS, 'the close', () => (silent.isClosed ? true : undefined));
    expect(silent.packets.map(({ cmd }) => cmd)).toEqual(version === 5 ? ['connack', 'disconnect'] : ['connack']);
  });

  it.each(VERSIONS)(
    'MQ5, MQ11, MQ17: version %d reconnects to a restarted broker, and subscribes again',
    async (protocolVersion) => {
      const first = await Server.start({ kind, options: OPTIONS });
      const ann = await user({ protocolVersion, clean: false, clientId: uniqueName('client') }, first);
      await ann.subscribe('garden');
      await first.stop();
      const second = await Server.start({ kind, options: OPTIONS, port: first.port });
      await ann.connect();
      await until(TIMEOUT_MS, 'a new subscription', async () => {
        await ann.publish('garden', 'x');
        return ann.received.length > 0 ? true : undefined;
      });
      await second.stop();
    },
  );

  it('MQ8: a client id is taken over', async () => {
    const clientId = uniqueName('client');
    const first = await user({ protocolVersion: 5, clientId, reconnectPeriod: 0 });
    const reason = new Promise<unknown>((resolve) => first.client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
    await user({ protocolVersion: 5, clientId });
    expect(await reason).toBe(0x8e);
  });

  it.each([
    [4, 'Connection refused: Not authorized', 'Connection refused: Bad username or password'],
    [5, 'Connection refused: Not authorized', 'Connection refused: Bad User Name or Password'],
  ] as const)(
    'MQ4, MQ6: the password of version %d is a token, which limits the topics',
    async (protocolVersion, missing, wrong) => {
      const guarded = await Server.start({ kind, options: { ...DIALECTS, ...KEYS } });
      const refusalOf = (options: object): Promise<string> => {
        const made = new MqttUser(guarded, { protocolVersion, reconnectPeriod: 0, ...options });
        users.push(made);
        return made.refusal();
      };
      expect(await refusalOf({})).toBe(missing);
      expect(await refusalOf({ username: 'ann', password: 'wrong' })).toBe(wrong);
      const exp = Math.floor(Date.now() / 1000) + 60;
      const password = hmacToken({ exp, mercure: { publish: ['garden'], subscribe: ['garden'] } });
      const ann = await user({ protocolVersion, username: 'ann', password }, guarded);
      await ann.subscribe('garden');
      await ann.publish('garden', '1');
      expect(await ann.waitFor(1)).toEqual([['garden', hex('1'), false]]);
      const outcome = await failureOf(ann.publish('house', '2'));
      expect(outcome).toBe(protocolVersion === 5 ? 'Publish error: Not authorized' : 'no error');
      await guarded.stop();
    },
  );

  it('MQ23: meets clients of Mercure', async () => {
    const topic = uniqueName('topic');
    const ann = await user();
    await ann.subscribe(topic);
    const hub = `http://${server.host}:${server.port}/.well-known/mercure`;
    const stop = new AbortController();
    const stream = await fetch(`${hub}?topic=${topic}`, { signal: stop.signal });
    for (const data of ['AAr/', 'no base64']) await fetch(hub, { method: 'POST', body: new URLSearchParams({ topic, data }) });
    await ann.publish(topic, Buffer.from([1, 2, 255]));
    expect((await ann.waitFor(2)).map(([, bytes]) => bytes)).toEqual(['000aff', '0102ff']);
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes('AQL/')) break;
    }
    stop.abort();
    expect(text.match(/data: .*/g)).toEqual(['data: AAr/', 'data: no base64', 'data: AQL/']);
  });

  it('MQ3: a packet of 1,000,000 bytes is delivered, and a larger one than the limit ends its connection', async () => {
    const topic = uniqueName('topic');
    const [ann, bob] = await Promise.all([user({ protocolVersion: 5 }), user({ protocolVersion: 5, reconnectPeriod: 0 })]);
    await ann.subscribe(topic);
    const bytes = Buffer.alloc(1_000_000, 7);
    await bob.publish(topic, bytes);
    expect((await ann.waitFor(1))[0]?.[1]).toBe(bytes.toString('hex'));
    const closed = new Promise<void>((resolve) => bob.client.once('close', () => resolve()));
    bob.client.publish(topic, Buffer.alloc(1_100_000));
    await closed;
    expect(ann.client.connected).toBe(true);
  });

  it('MQ24: clients with a prefix meet clients without one', async () => {
    const prefixed = await Server.start({ kind, options: { ...OPTIONS, mqtt_prefixes: ['peerix/'] } });
    const [ann, bob] = await Promise.all([user({}, prefixed), user({}, prefixed)]);
    await ann.subscribe('peerix/garden');
    await bob.subscribe('garden');
    await bob.publish('garden', '1');
    await ann.publish('peerix/garden', '2');
    expect((await ann.waitFor(2)).map(([topic]) => topic)).toEqual(['peerix/garden', 'peerix/garden']);
    expect((await bob.waitFor(2)).map(([topic]) => topic)).toEqual(['garden', 'garden']);
    await prefixed.stop();
  });
});
