import fc from 'fast-check';
import { generate, parser, type Packet } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { MqttDialect } from '../../../src/adapters/dialects/mqtt/dialect.ts';
import type { Conversation } from '../../../src/application/ports/dialect.ts';
import type { ConversationRequest } from '../../../src/application/ports/requests.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';

const dialect = new MqttDialect({
  ...{ path: '/', prefixes: [], aliveTimeout: 60_000, topicsPerConnection: 100, retainedMessages: 1 },
});
const versions = fc.constantFrom<4 | 5>(4, 5);
const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((name) => !/[+#\0$]/.test(name));
const payloads = fc.uint8Array({ maxLength: 500 });

function written(packet: Packet, protocolVersion: 4 | 5): Uint8Array {
  return Uint8Array.from(generate(packet, { protocolVersion }));
}

/** A connected client. */
function converse(protocolVersion: 4 | 5): Conversation {
  const conversation = dialect.converse({ maxMessageBytes: 10_000 });
  const connect = { cmd: 'connect', clientId: 'a', clean: true, keepalive: 9, protocolId: 'MQTT', protocolVersion } as const;
  conversation.read(written(connect, protocolVersion), true);
  conversation.openFrame({ id: 'a' as never, replaces: 'nothing' });
  return conversation;
}

function packetsIn(bytes: Uint8Array, protocolVersion: 4 | 5): unknown[] {
  const packets: unknown[] = [];
  const reader = parser({ protocolVersion });
  reader.on('packet', (packet) => packets.push(packet));
  reader.on('error', (error) => packets.push(error));
  reader.parse(Buffer.from(bytes));
  return packets;
}

it('MQ16, MQ18: reads what another library writes, and is read by it, byte for byte', () => {
  const property = fc.property(names, payloads, versions, versions, (topic, payload, from, to) => {
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false } as const;
    const [request, ...more] = converse(from).read(written(packet, from), true);
    if (request?.action !== 'publish') return expect.fail(`decoded as ${request?.action}`);
    expect([more, request.draft.topics, request.draft.form]).toEqual([[], [topic], 'bytes']);
    const publication: Publication = {
      ...{ id: '1', topics: [topic as TopicName], payload: request.draft.payload, form: 'bytes' },
      ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
    };
    const frame = converse(to).encodeEvent({ event: 'publication', publication, subscribers: 1 }) ?? new Uint8Array();
    expect(packetsIn(frame, to)).toMatchObject([{ cmd: 'publish', topic, qos: 0, retain: false, dup: false }]);
    expect((packetsIn(frame, to)[0] as { payload: Buffer }).payload.equals(Buffer.from(payload))).toBe(true);
  });
  fc.assert(property, { numRuns: 1_000 });
});

const valid = fc.oneof(
  fc
    .record({
      topic: names,
      payload: payloads.map((bytes) => Buffer.from(bytes)),
      qos: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
      retain: fc.boolean(),
    })
    .map((fields): Packet => ({ cmd: 'publish', dup: false, messageId: 7, ...fields })),
  fc
    .array(names, { minLength: 1, maxLength: 4 })
    .map((topics): Packet => ({ cmd: 'subscribe', messageId: 8, subscriptions: topics.map((topic) => ({ topic, qos: 1 })) })),
  fc
    .array(names, { minLength: 1, maxLength: 4 })
    .map((unsubscriptions): Packet => ({ cmd: 'unsubscribe', messageId: 9, unsubscriptions })),
  fc.constantFrom<Packet>({ cmd: 'pingreq' }, { cmd: 'pubrel', messageId: 7 }, { cmd: 'puback', messageId: 7 }),
);

it('MQ12: damaged packets give at most one error, behind which nothing is read', () => {
  const changes = fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 4 });
  const property = fc.property(fc.array(valid, { minLength: 1, maxLength: 6 }), changes, versions, (packets, wrong, version) => {
    const bytes = Uint8Array.from(Buffer.concat(packets.map((packet) => written(packet, version))));
    for (const [place, byte] of wrong) bytes[place % bytes.length] = byte;
    const conversation = converse(version);
    const requests = conversation.read(bytes, true);
    const faults = requests.filter(({ action }) => action === 'malformed');
    expect(faults.length).toBeLessThanOrEqual(1);
    if (faults.length === 1) {
      expect(requests.at(-1)?.action).toBe('malformed');
      expect(conversation.read(bytes, true)).toEqual([]);
      expect(conversation.closeFrame('malformed').frame === undefined).toBe(version === 4);
    }
    expect(conversation.restBytes).toBeLessThanOrEqual(10_000);
  });
  fc.assert(property, { numRuns: 2_000 });
});

it('W1, MQ3: gives the same requests for any cuts', () => {
  const cuts = fc.array(fc.nat(5_000), { maxLength: 12 });
  const property = fc.property(fc.array(valid, { minLength: 1, maxLength: 6 }), cuts, versions, (packets, places, version) => {
    const bytes = Uint8Array.from(Buffer.concat(packets.map((packet) => written(packet, version))));
    const at = [0, ...places.map((place) => place % bytes.length).sort((one, other) => one - other), bytes.length];
    const cut = converse(version);
    const pieces: ConversationRequest[] = at.slice(1).flatMap((end, index) => [...cut.read(bytes.slice(at[index], end), true)]);
    const plain = (requests: readonly ConversationRequest[]): string =>
      JSON.stringify(requests, (key, value: unknown) =>
        key === 'matches' ? undefined : value instanceof Uint8Array ? [...value] : value,
      );
    expect(plain(pieces)).toBe(plain(converse(version).read(bytes, true)));
  });
  fc.assert(property, { numRuns: 500 });
});

it('MQ12: any bytes are read without an exception', () => {
  const property = fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), versions, (frames, version) => {
    const [open, closed] = [converse(version), dialect.converse({ maxMessageBytes: 10_000 })];
    for (const bytes of frames) for (const conversation of [open, closed]) void conversation.read(bytes, true).length;
  });
  fc.assert(property, { numRuns: 5_000 });
});
