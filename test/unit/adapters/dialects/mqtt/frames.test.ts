import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as frames from '../../../../../src/adapters/dialects/mqtt/frames.ts';
import { PROPERTIES } from '../../../../../src/adapters/dialects/mqtt/properties.ts';
import { packetsIn } from '../../../../support/mqtt-broker.ts';

const versions = fc.constantFrom<4 | 5>(4, 5);

describe('another library reads', () => {
  it('MQ18: PUBLISH', () => {
    const texts = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((text) => !/[+#\0]/.test(text));
    const property = fc.property(texts, fc.uint8Array({ maxLength: 20_000 }), fc.boolean(), versions, (...drawn) => {
      const [topic, payload, isRetained, version] = drawn;
      const properties = version === 5 ? Uint8Array.of(2, 0, 0, 0, 9) : undefined;
      const frame = frames.publish(topic, payload, isRetained, properties) ?? new Uint8Array();
      const [packet, ...rest] = packetsIn(frame, version);
      expect([rest, packet]).toMatchObject([[], { cmd: 'publish', topic, qos: 0, retain: isRetained }]);
      expect((packet as { payload: Buffer }).payload).toEqual(Buffer.from(payload));
      if (version === 5) expect(packet).toMatchObject({ properties: { messageExpiryInterval: 9 } });
    });
    fc.assert(property, { numRuns: 200 });
    expect(frames.publish('a'.repeat(65_536), new Uint8Array(), false, undefined)).toBeUndefined();
  });

  it('MQ5, MQ9, MQ11: CONNACK and DISCONNECT', () => {
    expect(packetsIn(frames.connack3(4), 4)).toMatchObject([{ cmd: 'connack', returnCode: 4, sessionPresent: false }]);
    const properties = [
      frames.property(PROPERTIES.serverKeepAlive, 40),
      frames.property(PROPERTIES.maxPacketSize, 100_000),
      frames.property(PROPERTIES.identifiersAvailable, 0),
      frames.property(PROPERTIES.reasonString, 'ä'),
    ];
    expect(packetsIn(frames.connack5(0x87, properties), 5)).toMatchObject([
      {
        ...{ cmd: 'connack', reasonCode: 0x87 },
        properties: {
          serverKeepAlive: 40,
          maximumPacketSize: 100_000,
          subscriptionIdentifiersAvailable: false,
          reasonString: 'ä',
        },
      },
    ]);
    expect(packetsIn(frames.disconnect(0x8b), 5)).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x8b }]);
  });

  it('MQ10, MQ14 to MQ16: PINGRESP and acknowledgements', () => {
    expect(packetsIn(frames.PINGRESP, 4)).toMatchObject([{ cmd: 'pingresp' }]);
    for (const cmd of ['puback', 'pubrec', 'pubcomp'] as const) {
      expect(packetsIn(frames.acknowledgement(cmd, 7, 4, 0x87), 4)).toMatchObject([{ cmd, messageId: 7 }]);
      expect(packetsIn(frames.acknowledgement(cmd, 7, 5), 5)).toMatchObject([{ cmd, messageId: 7, reasonCode: 0 }]);
    }
    expect(packetsIn(frames.acknowledgement('puback', 7, 5, 0x87), 5)).toMatchObject([{ reasonCode: 0x87 }]);
    expect(packetsIn(frames.suback(7, 4, [0, 0x87]), 4)).toMatchObject([{ cmd: 'suback', messageId: 7, granted: [0, 0x80] }]);
    expect(packetsIn(frames.suback(7, 5, [0, 0x87]), 5)).toMatchObject([{ granted: [0, 0x87] }]);
    expect(packetsIn(frames.unsuback(7, 4, [0]), 4)).toMatchObject([{ cmd: 'unsuback', messageId: 7 }]);
    expect(packetsIn(frames.unsuback(7, 5, [0, 0x11]), 5)).toMatchObject([{ granted: [0, 0x11] }]);
  });
});
