import fc from 'fast-check';
import { generate, parser } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { CentrifugeDialect } from '../../../src/adapters/dialects/centrifuge/dialect.ts';
import { MercureDialect } from '../../../src/adapters/dialects/mercure/dialect.ts';
import { MqttDialect } from '../../../src/adapters/dialects/mqtt/dialect.ts';
import { NatsDialect } from '../../../src/adapters/dialects/nats/dialect.ts';
import { bytesOf } from '../../../src/adapters/dialects/shared/payload-forms.ts';
import { isSubject } from '../../../src/adapters/dialects/nats/subjects.ts';
import { SocketIoDialect } from '../../../src/adapters/dialects/socketio/dialect.ts';
import { ownDraft } from '../../../src/adapters/dialects/supabase/broadcasts.ts';
import { SupabaseDialect } from '../../../src/adapters/dialects/supabase/dialect.ts';
import { LineReader } from '../../../src/adapters/transports/socketio/lines.ts';
import type { Conversation, FrameEncoder } from '../../../src/application/ports/dialect.ts';
import type { PayloadForm, Publication, TopicName } from '../../../src/domain/topic.ts';

/* Publications of any wire on all wires that share their topics. */

const POLICY = { isOpen: true, isAnonymous: true, isOwnToken: () => true, maxBodyBytes: 1000, maxTopics: 3 };
const MERCURE = new MercureDialect('/', POLICY);
const SOCKETIO = new SocketIoDialect('/socket.io');
const CENTRIFUGE = new CentrifugeDialect({
  path: '/',
  prefixes: [],
  pingInterval: 1,
  topicsPerConnection: 100,
  presenceMembers: 10,
  presenceBytes: 100,
});

const NATS = new NatsDialect({ path: '/', prefixes: [], topicsPerConnection: 100, version: '0.1.0', needsToken: false });
const MQTT = new MqttDialect({
  ...{ path: '/', prefixes: [], aliveTimeout: 60_000, topicsPerConnection: 100, retainedMessages: 1 },
});

const FORGED = [
  ...['\n', '\r', '\r\n', '\n\n', '\0', '\u2028', '"', '\\', '}}}', ' ', '\t', '\x1e'],
  ...[
    'data: forged',
    'id: 7',
    'event: x',
    '{"push":{"channel":"b","pub":{"data":1}}}',
    '42["message","b",[1]]',
    'MSG b 1 1\r\nx\r\n',
  ],
];
const text = fc.array(fc.oneof(fc.constantFrom(...FORGED), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 6 });
const topic = text.map((parts) => parts.join('').slice(0, 80) || 'a');
const json = fc.tuple(fc.json(), text).map(([value, parts]) => `{\n"a":\r\n${value},\n"b":${JSON.stringify(parts.join(''))}}`);
const payload: fc.Arbitrary<readonly [Uint8Array, PayloadForm]> = fc.oneof(
  text.map((parts) => [Buffer.from(parts.join('')), 'text'] as const),
  fc.uint8Array().map((bytes) => [Buffer.from(Buffer.from(bytes).toString('base64')), 'text'] as const),
  fc.uint8Array().map((bytes) => [bytes, 'bytes'] as const),
  fc.array(fc.nat(255)).map((list) => [Buffer.from(JSON.stringify(list)), 'json'] as const),
  json.map((written) => [Buffer.from(written), 'json'] as const),
);

function publicationOf(name: string, [bytes, form]: readonly [Uint8Array, PayloadForm]): Publication {
  const publication = { id: 'urn:uuid:1', topics: [name as TopicName], payload: bytes, form, type: undefined, retry: undefined };
  return { ...publication, isPrivate: false, from: undefined };
}

function frameOf(encoder: FrameEncoder, name: string, given: readonly [Uint8Array, PayloadForm]): string | undefined {
  const frame = encoder.encodeEvent({ event: 'publication', publication: publicationOf(name, given), subscribers: 1 });
  return frame === undefined ? undefined : Buffer.from(frame).toString();
}

/** The events of a stream, by the rules of `EventSource`: fields by name, of each event that ends with an empty line. */
function eventsIn(stream: string): Map<string, string[]>[] {
  const events: Map<string, string[]>[] = [];
  let fields = new Map<string, string[]>();
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (fields.size > 0) events.push(fields);
      fields = new Map();
      continue;
    }
    const [name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line)?.slice(1) ?? [];
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return events;
}

it('W9: a publication forges no event of Mercure', () => {
  const property = fc.property(topic, payload, (name, given) => {
    const frame = frameOf(MERCURE, name, given);
    if (frame === undefined) return void expect(given[1]).toBe('json');
    const events = eventsIn(frame);
    expect(events.length).toBe(1);
    expect([...(events[0]?.keys() ?? [])]).toEqual(['id', 'data']);
    expect(events[0]?.get('id')).toEqual(['urn:uuid:1']);
  });
  fc.assert(property, { numRuns: 2_000 });
});

it('W9: a publication forges no event of Socket.IO', () => {
  const property = fc.property(topic, payload, (name, given) => {
    const frame = frameOf(SOCKETIO, name, given);
    if (frame === undefined) return;
    const line = new LineReader().read(Buffer.from(frame));
    if (line.word !== 'message') return expect.fail(`read as ${line.word}`);
    const packet: unknown = JSON.parse(Buffer.from(line.publication.under('')).toString().slice(2));
    expect(packet).toEqual(['message', name, expect.any(Array)]);
  });
  fc.assert(property, { numRuns: 2_000 });
});

it('W9: a publication forges no push and no reply of Centrifuge', () => {
  const property = fc.property(topic, payload, (name, given) => {
    const frame = frameOf(CENTRIFUGE.converse(), name, given);
    if (frame === undefined) return;
    expect(frame.split('\n').length).toBe(1);
    const [bytes, form] = given;
    const list: unknown[] = form === 'bytes' ? [...bytes] : [...Buffer.from(Buffer.from(bytes).toString(), 'base64')];
    const data: unknown = form === 'json' ? JSON.parse(Buffer.from(bytes).toString()) : list;
    expect(JSON.parse(frame)).toEqual({ push: { channel: name, pub: { data } } });
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** A client of NATS that is subscribed to all subjects. */
function natsClient(): Conversation {
  const conversation = NATS.converse({ maxMessageBytes: 100_000 });
  for (const request of conversation.read(Buffer.from('CONNECT {"verbose":false,"headers":true}\r\nSUB > 1\r\n'), true)) {
    if (request.action === 'join-topics') conversation.encodeEvent({ event: 'receipt', receipt: request.receipt ?? 0 });
  }
  return conversation;
}

it('W9: a publication forges no message and no line of NATS', () => {
  const property = fc.property(topic, payload, (name, given) => {
    const publication = publicationOf(name, given);
    const extra = { dialect: 'mqtt', bytes: Buffer.from('\0\x09r 1\r\nMSG NATS/1.0\r\n') };
    const frame = natsClient().encodeEvent({ event: 'publication', publication: { ...publication, extra }, subscribers: 1 });
    const bytes = bytesOf(publication);
    const isSent = isSubject(name) && !name.split('.').some((token) => token === '*' || token === '>') && bytes !== undefined;
    expect(frame !== undefined).toBe(isSent);
    if (frame === undefined || bytes === undefined) return;
    expect(name).not.toMatch(/[ \t\r\n]/);
    expect(Buffer.from(frame)).toEqual(
      Buffer.concat([Buffer.from(`MSG ${name} 1 ${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]),
    );
  });
  fc.assert(property, { numRuns: 2_000 });
});

const SUPABASE = new SupabaseDialect({
  path: '/',
  prefixes: [],
  isToken: () => false,
  maxMessageBytes: 1_000,
  presenceMembers: 10,
});

it('W9: a publication forges no message of Supabase, in either version', () => {
  const property = fc.property(topic, payload, (name, given) => {
    const old = SUPABASE.converse();
    old.read(Buffer.from('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}'), false);
    const frames = [frameOf(SUPABASE.converse(), name, given), frameOf(old, name, given)];
    const bytes = bytesOf(publicationOf(name, given));
    const isSent = bytes !== undefined && Buffer.byteLength(name) <= 246;
    expect(frames.map((frame) => frame !== undefined)).toEqual([isSent, isSent]);
    if (bytes === undefined || !isSent) return;
    const broadcast = { type: 'broadcast', event: 'message', payload: [name, [...bytes]] };
    expect(frames.map((frame) => JSON.parse(frame ?? '') as unknown)).toEqual([
      [null, null, `realtime:${name}`, 'broadcast', broadcast],
      { topic: `realtime:${name}`, event: 'broadcast', payload: broadcast, ref: null, join_ref: null },
    ]);
  });
  fc.assert(property, { numRuns: 2_000 });
});

it('W9, T13: a broadcast of Supabase that only its own wire can express is sent on no other one', () => {
  const others: readonly FrameEncoder[] = [MERCURE, SOCKETIO, CENTRIFUGE.converse(), natsClient()];
  const property = fc.property(topic, text, payload, (name, event, [bytes, form]) => {
    const broadcast = { event: event.join('').slice(0, 60), isJson: form === 'json', payload: bytes };
    const { extra } = ownDraft(name, broadcast, false);
    const publication = { ...publicationOf(name, [new Uint8Array(), 'extra']), extra };
    for (const other of others) expect(other.encodeEvent({ event: 'publication', publication, subscribers: 1 })).toBeUndefined();
    const own = SUPABASE.converse().encodeEvent({ event: 'publication', publication, subscribers: 1 });
    expect(own !== undefined).toBe(Buffer.byteLength(name) <= 246);
  });
  fc.assert(property, { numRuns: 2_000 });
});

it('W9: a publication forges no packet of MQTT', () => {
  const property = fc.property(topic, payload, fc.constantFrom<4 | 5>(4, 5), (name, given, version) => {
    const conversation = MQTT.converse({ maxMessageBytes: 1_000_000 });
    const connect = { cmd: 'connect', clientId: 'a', clean: true, keepalive: 9, protocolId: 'MQTT', protocolVersion: version };
    conversation.read(Uint8Array.from(generate(connect as never)), true);
    const frame = conversation.encodeEvent({ event: 'publication', publication: publicationOf(name, given), subscribers: 1 });
    if (/[+#\0]/.test(name)) expect(frame).toBeUndefined();
    if (frame === undefined) return;
    const packets: unknown[] = [];
    const reader = parser({ protocolVersion: version });
    reader.on('packet', (packet) => packets.push(packet));
    reader.parse(Buffer.from(frame));
    expect(packets).toMatchObject([{ cmd: 'publish', topic: Buffer.from(name).toString(), qos: 0, retain: false }]);
    expect((packets[0] as { payload: Buffer }).payload).toEqual(Buffer.from(bytesOf(publicationOf(name, given)) ?? []));
  });
  fc.assert(property, { numRuns: 2_000 });
});
