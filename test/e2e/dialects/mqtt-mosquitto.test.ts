import fc from 'fast-check';
import type { Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MqttWire } from '../../support/e2e/mqtt-wire.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { Mosquitto } from '../../support/engines/mosquitto.ts';

/* The same bytes to Mosquitto and to Signalbox. The answers are read by a foreign library, and compared. */

const OPTIONS = {
  ...{ dialects: ['peerjs', 'mercure', 'mqtt'], mercure_open: true, malformed_limit: 1_000_000 },
  ...{ messages_per_second: 1_000_000, message_burst: 1_000_000, retained_messages: 100_000, retained_bytes: 100_000_000 },
};
const MINUTES = 180_000;
const NO_SUBSCRIBERS = 0x10;
const CONNECT = { 4: '10 0d 0004 4d515454 04 02 003c 0001 61', 5: '10 0e 0004 4d515454 05 02 003c 00 0001 61' } as const;

/** A packet as text, without what a broker may choose: granted QoS, properties, and QoS of deliveries. */
function shown(packet: Packet): string {
  switch (packet.cmd) {
    case 'connack':
      return `connack ${packet.returnCode ?? packet.reasonCode}`;
    case 'suback':
      return `suback ${packet.messageId} ${packet.granted.map((code) => (Number(code) < 0x80 ? 'granted' : 'refused')).join()}`;
    case 'unsuback':
      // Version 3.1.1 has no codes.
      return `unsuback ${packet.messageId} ${Object.values(packet.granted ?? {}).join()}`;
    case 'pubrec':
      // Mosquitto publishes at PUBREL, and can't know before whether a client is subscribed.
      return `pubrec ${packet.messageId} ${packet.reasonCode === NO_SUBSCRIBERS ? 0 : packet.reasonCode}`;
    case 'publish':
      return `publish ${packet.topic} ${packet.payload.toString()}${packet.retain ? ' retained' : ''}`;
    case 'disconnect':
      return `disconnect ${packet.reasonCode?.toString(16)}`;
    default:
      return `${packet.cmd} ${packet.messageId ?? ''} ${'reasonCode' in packet ? packet.reasonCode : ''}`;
  }
}

/** The packet of version 5.0 with the same fields as one of version 3.1.1: no properties behind `before` bytes. */
function inFive(digits: string, before: number): string {
  const bytes = Buffer.from(digits.replaceAll(' ', ''), 'hex');
  const longer = [...bytes.subarray(0, 2 + before), 0, ...bytes.subarray(2 + before)];
  longer[1] = (longer[1] ?? 0) + 1;
  return Buffer.from(longer).toString('hex');
}

/** Packets of version 3.1.1 behind CONNECT, and the place of the properties in version 5.0. */
const PACKETS: readonly (readonly [name: string, digits: string, before?: number])[] = [
  ['a SUBSCRIBE', '82 06 0001 0001 61 00', 2],
  ['a SUBSCRIBE to two filters', '82 0a 0001 0001 61 00 0001 62 01', 2],
  ['a SUBSCRIBE to #', '82 06 0001 0001 23 02', 2],
  ['a SUBSCRIBE to +/#', '82 08 0001 0003 2b2f23 00', 2],
  ['a shared SUBSCRIBE', '82 0f 0001 000a 2473686172652f672f61 00', 2],
  ['an UNSUBSCRIBE from a shared filter', 'a2 0e 0001 000a 2473686172652f672f61', 2],
  ['a wildcard beside text', '82 07 0001 0002 612b 00', 2],
  ['a wildcard behind the last level', '82 08 0001 0003 232f61 00', 2],
  ['no filter', '82 02 0001', 2],
  ['an empty filter', '82 05 0001 0000 00', 2],
  ['packet id 0', '82 06 0000 0001 61 00', 2],
  ['QoS 3', '82 06 0001 0001 61 03', 2],
  ['reserved options', '82 06 0001 0001 61 40', 2],
  ['wrong flags', '80 06 0001 0001 61 00', 2],
  ['invalid UTF-8', '82 06 0001 0001 ff 00', 2],
  ['U+0000', '82 06 0001 0001 00 00', 2],
  ['an UNSUBSCRIBE', 'a2 05 0007 0001 61', 2],
  ['an UNSUBSCRIBE from nothing', 'a2 02 0001', 2],
  ['an UNSUBSCRIBE with packet id 0', 'a2 05 0000 0001 61', 2],
  ['an UNSUBSCRIBE from a wrong filter', 'a2 06 0001 0002 612b', 2],
  ['a PUBLISH', '30 04 0001 61 78', 3],
  ['a PUBLISH with QoS 1', '32 06 0001 61 0001 78', 5],
  ['a PUBLISH with QoS 2', '34 06 0001 61 0001 78', 5],
  ['a PUBLISH to a wildcard', '30 05 0003 612f23', 5],
  ['a PUBLISH to no topic', '30 03 0000 61', 2],
  ['a PUBLISH with QoS 3', '36 06 0001 61 0001 61', 5],
  ['a PUBLISH with packet id 0', '32 06 0001 61 0000 61', 5],
  ['a PUBLISH with invalid UTF-8', '30 04 0001 ff 61', 3],
  ['an empty PUBLISH', '30 03 0001 61', 3],
  ['packet type 0', '00 00'],
  ['a CONNACK', '20 02 0000'],
  ['a length without an end', '30 ff ff ff ff 01'],
  ['PUBACK for nothing', '40 02 0001'],
  ['PUBCOMP for nothing', '70 02 0001'],
  ['PUBREL for nothing', '62 02 0001'],
  ['PUBREL without its flags', '60 02 0001'],
  ['PUBREL of one byte', '62 01 01'],
  ['PUBACK with packet id 0', '40 02 0000'],
  ['DISCONNECT', 'e0 00'],
  ['DISCONNECT with flags', 'e1 00'],
  ['a second CONNECT', CONNECT[4]],
];

/** First packets. */
const FIRST: readonly (readonly [name: string, digits: string, version?: 5])[] = [
  ['CONNECT', CONNECT[4]],
  ['a kept session', '10 0d 0004 4d515454 04 00 003c 0001 61'],
  ['level 3', '10 0d 0004 4d515454 03 02 003c 0001 61'],
  ['level 6', '10 0d 0004 4d515454 06 02 003c 0001 61'],
  ['another name', '10 0d 0004 4d515455 04 02 003c 0001 61'],
  ['the reserved flag', '10 0d 0004 4d515454 04 03 003c 0001 61'],
  ['flags of the packet', '11 0d 0004 4d515454 04 02 003c 0001 61'],
  ['flags of a will without a will', '10 0d 0004 4d515454 04 22 003c 0001 61'],
  ['QoS 3 of a will', '10 13 0004 4d515454 04 1e 003c 0001 61 0001 61 0001 61'],
  ['a will to a wildcard', '10 13 0004 4d515454 04 06 003c 0001 61 0001 23 0001 61'],
  ['a will', '10 13 0004 4d515454 04 06 003c 0001 61 0001 77 0001 61'],
  ['a password without a user', '10 10 0004 4d515454 04 42 003c 0001 61 0001 61'],
  ['bytes behind the last field', '10 0e 0004 4d515454 04 02 003c 0001 61 00'],
  ['an incomplete field', '10 0d 0004 4d515454 04 02 003c 0002 61'],
  ['no client id', '10 0c 0004 4d515454 04 02 003c 0000'],
  ['no client id and a kept session', '10 0c 0004 4d515454 04 00 003c 0000'],
  ['PINGREQ', 'c000'],
  ['PUBLISH', '30 04 0001 61 78'],
  ['CONNECT of 5.0', CONNECT[5], 5],
  ['no client id in 5.0', '10 0d 0004 4d515454 05 00 003c 00 0000', 5],
  ['a wrong property', '10 10 0004 4d515454 05 02 003c 02 2301 0001 61', 5],
  ['a method of authentication', '10 12 0004 4d515454 05 02 003c 04 15 0001 61 0001 62', 5],
  ['receive maximum 0', '10 11 0004 4d515454 05 02 003c 03 210000 0001 61', 5],
  ['maximum packet size 0', '10 13 0004 4d515454 05 02 003c 05 2700000000 0001 61', 5],
];

/** Packets of version 5.0. */
const FIVE: readonly (readonly [name: string, digits: string])[] = [
  ['no-local', '82 07 0001 00 0001 61 04'],
  ['no-local and retain as published', '82 07 0001 00 0001 61 2c'],
  ['an unknown property', '30 07 0001 61 02 7f02 61'],
  ['a property of another packet', '30 07 0001 61 02 2a01 61'],
  ['an incomplete property', '30 05 0001 61 02 02'],
  ['a publication with QoS 1 and without subscribers', '32 08 0001 7a 0001 00 61 62'],
  ['PUBACK with a reason', '40 04 0001 10 00'],
  ['DISCONNECT with will', 'e0 01 04'],
];

const ALL = PACKETS.map(([name, digits, before]) => ({ name, digits, before }));

describe('Mosquitto and Signalbox', () => {
  let places: readonly [Mosquitto, Server];
  beforeAll(async () => {
    places = [await Mosquitto.start(), await Server.start({ kind: SIGNALBOX_NODE, options: OPTIONS })];
  });
  afterAll(() => Promise.all(places.map((place) => place.stop())));

  /** The answers of both to the same frames. Only a broker that sends DISCONNECT is asked for its reason. */
  async function answers(version: 4 | 5, frames: readonly string[]): Promise<readonly [unknown, unknown]> {
    const both = places.map(async (place) => {
      const wire = await MqttWire.open(place, version);
      for (const frame of frames) {
        wire.sendHex(frame);
        await wire.settle();
      }
      wire.close();
      const packets = wire.packets.filter(({ cmd }) => cmd !== 'pingresp').map(shown);
      return { packets, isClosed: wire.isClosed };
    });
    const [theirs, ours] = await Promise.all(both);
    const theyTell = theirs?.packets.some((text) => text.startsWith('disconnect')) === true;
    const told = ours && { ...ours, packets: ours.packets.filter((text) => theyTell || !text.startsWith('disconnect')) };
    return [theirs, told];
  }

  it.each(FIRST.map(([name, digits, version = 4 as 4 | 5]) => ({ name, digits, version })))(
    'MQ4 to MQ7: answer a first packet alike: $name',
    async ({ digits, version }) => {
      const [theirs, ours] = await answers(version, [digits]);
      expect(ours).toEqual(theirs);
    },
  );

  it.each(ALL)('MQ10 to MQ16: answer alike in version 3.1.1: $name', async ({ digits }) => {
    const [theirs, ours] = await answers(4, [CONNECT[4], digits]);
    expect(ours).toEqual(theirs);
  });

  it.each(ALL)('MQ10 to MQ16: answer alike in version 5.0: $name', async ({ digits, before }) => {
    const [theirs, ours] = await answers(5, [CONNECT[5], before === undefined ? digits : inFive(digits, before)]);
    expect(ours).toEqual(theirs);
  });

  it.each(FIVE.map(([name, digits]) => ({ name, digits })))(
    'MQ12, MQ22: answer alike in version 5.0: $name',
    async ({ digits }) => {
      const [theirs, ours] = await answers(5, [CONNECT[5], digits]);
      expect(ours).toEqual(theirs);
    },
  );

  const level = fc.constantFrom('a', 'b', '', 'c');
  const topics = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/') || '/');
  const filters = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/') || '/');
  const ids = fc.integer({ min: 1, max: 5 });
  type Drawn = (payload: string, nl: boolean) => Packet;
  const steps: fc.Arbitrary<Drawn> = fc.oneof(
    fc.tuple(fc.array(filters, { minLength: 1, maxLength: 2 }), ids).map(([all, messageId]): Drawn => (_, nl) => ({
      ...{ cmd: 'subscribe', messageId },
      // With no-local, Mosquitto does not tell retained publications of the client itself.
      subscriptions: all.map((topic) => ({ topic, qos: 0, nl, rap: false, rh: nl ? 2 : 0 })),
    })),
    fc.tuple(fc.array(filters, { minLength: 1, maxLength: 2 }), ids).map(([all, messageId]): Drawn => () => ({
      ...{ cmd: 'unsubscribe', messageId },
      unsubscriptions: all,
    })),
    fc
      .tuple(topics, fc.constantFrom<0 | 1>(0, 1), ids, fc.boolean(), fc.nat(4))
      .map(([topic, qos, messageId, retain, size]): Drawn => (payload) => ({
        ...{ cmd: 'publish', topic, qos, retain, dup: false, payload: size === 0 && retain ? '' : payload },
        ...(qos > 0 && { messageId }),
      })),
    fc.tuple(topics, ids).map(([topic, messageId]): Drawn => (payload) => ({
      ...{ cmd: 'publish', topic, qos: 2, retain: false, dup: false, payload, messageId },
    })),
    ids.map((messageId): Drawn => () => ({ cmd: 'pubrel', messageId })),
  );
  let count = 0;

  it.each([4, 5] as const)('MQ13 to MQ20: answer any packets of version %d alike', { timeout: MINUTES }, async (version) => {
    const scripts = fc.array(steps, { minLength: 1, maxLength: 12 });
    // All with no-local, or none: Mosquitto 2.0.11 does not tell a client that matches by filters of both kinds.
    const property = fc.asyncProperty(scripts, fc.boolean(), async (script, nl) => {
      const packets = script.map((step) => step(`p${++count}`, nl));
      const both = await Promise.all(
        places.map(async (place) => {
          const wire = await MqttWire.open(place, version);
          wire.send({ cmd: 'connect', clientId: 'x', keepalive: 60, clean: true, protocolId: 'MQTT', protocolVersion: version });
          for (const packet of packets) {
            wire.send(packet);
            // Mosquitto publishes at PUBREL.
            if (packet.cmd === 'publish' && packet.qos === 2) wire.send({ cmd: 'pubrel', messageId: packet.messageId ?? 0 });
            await wire.settle();
          }
          wire.close();
          // Mosquitto finds subscribers of topics that were subscribed to once, or are retained.
          const texts = wire.packets
            .filter(({ cmd }) => cmd !== 'pingresp')
            .map((packet) => shown(packet).replace(/^(puback .*) 16$/, '$1 0'));
          const isDelivery = (text: string): boolean => text.startsWith('publish');
          // Overlapping filters: Mosquitto may deliver a copy for each.
          return {
            acks: texts.filter((text) => !isDelivery(text)),
            told: [...new Set(texts.filter(isDelivery))].sort(),
            isClosed: wire.isClosed,
          };
        }),
      );
      expect(both[1]).toEqual(both[0]);
    });
    await fc.assert(property, { numRuns: 60, endOnFailure: true });
  });
});
