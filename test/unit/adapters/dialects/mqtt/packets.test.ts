import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PacketStream } from '../../../../../src/adapters/dialects/mqtt/packet-stream.ts';
import { hasValidResponse, readPacket } from '../../../../../src/adapters/dialects/mqtt/packets.ts';

function read(packet: Packet, version: 4 | 5): unknown {
  const stream = new PacketStream(100_000);
  stream.begin(Uint8Array.from(generate(packet, { protocolVersion: version })));
  const raw = stream.next();
  return typeof raw === 'object' ? readPacket(raw, version, 10) : raw;
}

const versions = fc.constantFrom<4 | 5>(4, 5);
const names = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/[+#\0]/.test(text));
const ids = fc.integer({ min: 1, max: 65_535 });

describe('MQ16: reads the packets of another library', () => {
  it('PUBLISH', () => {
    const payloads = fc.uint8Array({ maxLength: 300 });
    const property = fc.property(
      names,
      payloads,
      fc.constantFrom<0 | 1 | 2>(0, 1, 2),
      fc.boolean(),
      ids,
      versions,
      (...drawn) => {
        const [topic, payload, qos, retain, messageId, version] = drawn;
        const read1 = read(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false, ...(qos > 0 && { messageId }) },
          version,
        );
        expect(read1).toMatchObject({
          type: 'publish',
          quality: qos,
          id: qos > 0 ? messageId : 0,
          message: { topic, isRetained: retain },
        });
        expect(Buffer.from((read1 as { message: { payload: Uint8Array } }).message.payload)).toEqual(Buffer.from(payload));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('SUBSCRIBE and UNSUBSCRIBE', () => {
    const property = fc.property(
      fc.array(names, { minLength: 1, maxLength: 10 }),
      ids,
      versions,
      fc.boolean(),
      (topics, id, version, nl) => {
        const subscriptions = topics.map((topic) => ({ topic, qos: 1 as const, nl, rap: true, rh: 2 as const }));
        const isNoLocal = version === 5 && nl;
        expect(read({ cmd: 'subscribe', messageId: id, subscriptions }, version)).toEqual({
          ...{ type: 'subscribe', id, hasIdentifier: false },
          filters: topics.map((filter) => ({ filter, isNoLocal, retainHandling: version === 5 ? 2 : 0 })),
        });
        expect(read({ cmd: 'unsubscribe', messageId: id, unsubscriptions: topics }, version)).toEqual({
          ...{ type: 'unsubscribe', id, filters: topics },
        });
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('acknowledgements, PINGREQ and DISCONNECT', () => {
    for (const version of [4, 5] as const) {
      for (const cmd of ['puback', 'pubrec', 'pubcomp'] as const) {
        expect(read({ cmd, messageId: 3, reasonCode: 0x10 }, version)).toEqual({ type: 'acknowledgement' });
      }
      expect(read({ cmd: 'pubrel', messageId: 3 }, version)).toEqual({ type: 'pubrel', id: 3 });
      expect(read({ cmd: 'pingreq' }, version)).toEqual({ type: 'pingreq' });
      expect(read({ cmd: 'disconnect', reasonCode: 4 }, version)).toEqual({ type: 'disconnect', reason: version === 5 ? 4 : 0 });
    }
  });
});

it('M23: a packet has at most the given number of filters', () => {
  const subscriptions = Array.from({ length: 11 }, (_, topic) => ({ topic: `${topic}`, qos: 0 as const }));
  expect(read({ cmd: 'subscribe', messageId: 3, subscriptions }, 4)).toBe(0x97);
  expect(read({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: subscriptions.map(({ topic }) => topic) }, 5)).toBe(0x97);
});

it('MQ22: a response topic is a name', () => {
  const properties = (topic: string): never => ({ values: new Map([[8, topic]]), raw: new Uint8Array() }) as never;
  expect([undefined, properties('a'), properties('a/#'), properties('')].map(hasValidResponse)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
