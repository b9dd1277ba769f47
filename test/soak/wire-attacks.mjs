/* One round of each attack on NATS, Supabase and MQTT. See attacks.mjs. */
import { Buffer } from 'node:buffer';
import { DEEP, KIB, leaveOpen, opened, times } from './steps.mjs';
import { frame } from './raw.mjs';

const NATS = '/nats';
const SUPABASE = '/realtime/v1/websocket?vsn=2.0.0';
const MQTT = '/mqtt';
const CONNECT = 'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n';
const BINARY = { opcode: 2 };

const binary = (bytes) => frame(bytes, BINARY);
const text = (value) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

/** A packet of MQTT. @param parts texts with their lengths, numbers and bytes */
function packet(header, ...parts) {
  const bytesOf = (part) => (typeof part === 'string' ? text(part) : Buffer.from([part].flat()));
  const body = Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : bytesOf(part))));
  const digits = [];
  for (let rest = body.length; digits.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    digits.push((rest % 128) + (rest > 127 ? 128 : 0));
  }
  return Buffer.concat([Buffer.from([header, ...digits]), body]);
}

let count = 0;
const connect = ({ id = `soak-${++count}`, keepAlive = 60, will } = {}) =>
  packet(0x10, 'MQTT', 4, will === undefined ? 2 : 0x26, [0, keepAlive], id, ...(will === undefined ? [] : ['wills', will]));
const subscribe = (filters) => packet(0x82, [0, 1], ...filters.flatMap((filter) => [filter, 0]));
const join = (topic, payload = {}) => JSON.stringify(['1', '1', `realtime:${topic}`, 'phx_join', payload]);

async function natsClient(client) {
  const one = await opened(client, NATS);
  await one.send(binary(CONNECT));
  return one;
}

async function mqttClient(client, options) {
  const one = await opened(client, MQTT);
  await one.send(binary(connect(options)));
  return one;
}

export const WIRE_ATTACKS = {
  async 'NATS: frames of many verbs'(client) {
    for (const line of ['PING\r\n', '\r\n', 'SUB a 1\r\nUNSUB 1\r\n', 'PUB a 0\r\n\r\n', 'PUB a b 0\r\n\r\n']) {
      const one = await natsClient(client);
      await one.send(binary(line.repeat(Math.floor((1_000 * KIB) / line.length))));
      await leaveOpen([one], 100);
    }
  },

  async 'NATS: lines and payloads without an end'(client) {
    const clients = [];
    for (let i = 0; i < 20; i++) {
      const one = await natsClient(client);
      const begun = i % 2 === 0 ? `SUB ${'a'.repeat(4_000)}` : `PUB a ${1_000 * KIB}\r\n${'x'.repeat(900 * KIB)}`;
      await one.send(Buffer.concat([binary(begun), ...times(200, () => binary('x'))]));
      clients.push(one);
    }
    await leaveOpen(clients, 500);
  },

  async 'NATS: wildcards against long subjects'(client) {
    const clients = [];
    for (let i = 0; i < 10; i++) {
      const one = await natsClient(client);
      const verbs = times(100, (n) => `SUB ${'*.'.repeat(1 + ((n + i) % 200))}> ${i % 2 === 0 ? '' : 'queue '}${n}\r\n`);
      await one.send(binary(verbs.join('')));
      clients.push(one);
    }
    const publisher = await natsClient(client);
    for (let i = 0; i < 100; i++) await publisher.send(binary(`PUB ${'a.'.repeat(900)}a 1\r\nx\r\n`));
    await leaveOpen([...clients, publisher], 300);
  },

  async 'NATS: messages without a reader'(client) {
    const clients = [];
    for (let i = 0; i < 20; i++) {
      const one = await natsClient(client);
      await one.send(binary(times(50, (n) => `SUB soak ${n}\r\n`).join('')));
      one.stopReading();
      clients.push(one);
    }
    const publisher = await natsClient(client);
    for (let i = 0; i < 8; i++) await publisher.send(binary(`PUB soak ${900 * KIB}\r\n${'x'.repeat(900 * KIB)}\r\n`));
    await leaveOpen([...clients, publisher], 500);
  },

  async 'Supabase: joins, and frames that can not be read'(client) {
    const lying = (numbers) => binary(Buffer.from([3, ...numbers, ...Buffer.from('11realtime:amessage')]));
    for (const frames of [
      times(2_000, (n) => frame(join(`${n}-${'一'.repeat(200)}`))),
      [frame(join('a', { config: { broadcast: { self: true } } })), frame(`["1","2","realtime:a","broadcast",${DEEP}]`)],
      [frame(join('a')), ...times(200, (n) => lying([n & 255, 255, 255, 255, 255, n & 1]))],
      times(500, () => frame('["1","1","phoenix","heartbeat",{}]')),
    ]) {
      const one = await opened(client, SUPABASE);
      await one.send(Buffer.concat(frames));
      await leaveOpen([one], 200);
    }
  },

  async 'Supabase: broadcasts without a reader'(client) {
    const clients = [];
    for (let i = 0; i < 20; i++) {
      const one = await opened(client, SUPABASE);
      await one.say(join('soak'));
      one.stopReading();
      clients.push(one);
    }
    const publisher = await opened(client, SUPABASE);
    await publisher.say(join('soak'));
    const payload = { type: 'broadcast', event: 'e', payload: 'x'.repeat(900 * KIB) };
    for (let i = 0; i < 8; i++) await publisher.say(JSON.stringify(['1', '2', 'realtime:soak', 'broadcast', payload]));
    await leaveOpen([...clients, publisher], 500);
  },

  async 'MQTT: packets that are cut, joined or announced'(client) {
    for (const frames of [
      [...connect(), ...packet(0xc0, []).subarray(0, 2)].map((byte) => binary([byte])),
      [binary(Buffer.concat([connect(), ...times(400_000, () => Buffer.from([0xc0, 0]))]))],
      [binary(connect()), binary([0x30, 0xff, 0xff, 0xff, 0x7f]), binary(Buffer.alloc(900 * KIB))],
      [binary(connect()), ...times(1_000, () => binary([]))],
      [binary(connect()), binary(packet(0x30, 'a', Buffer.alloc(1_000 * KIB)).subarray(0, 900 * KIB))],
    ]) {
      const one = await opened(client, MQTT);
      await one.send(Buffer.concat(frames));
      await leaveOpen([one], 200);
    }
  },

  async 'MQTT: filters against topics of many levels'(client) {
    const clients = [];
    for (let i = 0; i < 10; i++) {
      const one = await mqttClient(client);
      await one.send(
        binary(subscribe(times(200, (n) => `${i % 2 === 0 ? '' : '$share/s/'}${'+/'.repeat(1 + ((n + i) % 200))}#`))),
      );
      clients.push(one);
    }
    const publisher = await mqttClient(client);
    for (let i = 0; i < 100; i++) await publisher.send(binary(packet(0x30, 'a/'.repeat(500), Buffer.from('x'))));
    await leaveOpen([...clients, publisher], 300);
  },

  async 'MQTT: retained publications, and clients that ask for all'(client) {
    const publisher = await mqttClient(client);
    const retained = times(300, (n) => binary(packet(0x31, `soak/${n}/${'x'.repeat(n)}`, Buffer.alloc(2 * KIB, 'x'))));
    await publisher.send(Buffer.concat(retained));
    const clients = times(10, () => client());
    for (const one of clients) await one.upgrade(MQTT);
    for (const one of clients) {
      one.stopReading();
      await one.send(Buffer.concat([binary(connect()), ...times(20, () => binary(subscribe(['#', '+/#', 'soak/+/#'])))]));
    }
    await leaveOpen([...clients, publisher], 500);
  },

  async 'MQTT: publications of QoS 2 that are never released'(client) {
    const one = await mqttClient(client);
    for (let id = 1; id < 65_000 && !one.isClosed; id += 500) {
      const packets = times(500, (n) => packet(0x34, 'a', [(id + n) >> 8, (id + n) & 255], Buffer.from('x')));
      await one.send(binary(Buffer.concat(packets)), 200);
    }
    one.cut();
  },

  async 'MQTT: wills, and one client id for all'(client) {
    const clients = [];
    const options = { keepAlive: 1, will: 'w'.repeat(60_000) };
    for (let i = 0; i < 20; i++) clients.push(await mqttClient(client, { ...options, id: 'soak-same' }));
    for (let i = 0; i < 10; i++) clients.push(await mqttClient(client, options));
    await leaveOpen(clients, 2_000);
  },
};
