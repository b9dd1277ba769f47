import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { readConnect } from '../../../../../src/adapters/dialects/mqtt/connect-packet.ts';
import { PacketStream, type RawPacket } from '../../../../../src/adapters/dialects/mqtt/packet-stream.ts';

function raw(fields: object): RawPacket {
  const packet = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'a', keepalive: 9, ...fields };
  const stream = new PacketStream(10_000);
  stream.begin(Uint8Array.from(generate(packet as never)));
  const read = stream.next();
  if (typeof read !== 'object') throw new Error('no packet');
  return read;
}

const WILL = { topic: 'w', payload: Buffer.from([1, 0]), qos: 2, retain: true };

describe('MQ4: CONNECT', () => {
  it('has the fields that another library writes', () => {
    const properties = { sessionExpiryInterval: 5, maximumPacketSize: 99, userProperties: { a: 'b' } };
    const will = { ...WILL, properties: { willDelayInterval: 7, contentType: 't' } };
    expect(readConnect(raw({ protocolVersion: 5, username: 'u', password: Buffer.from('p'), properties, will }))).toMatchObject({
      ...{ version: 5, clientId: 'a', isClean: true, keepAlive: 9, password: 'p', hasMethod: false },
      ...{ keepsSubscriptions: true, maxPacketBytes: 99 },
      will: { topic: 'w', payload: Buffer.from([1, 0]), isRetained: true },
    });
    expect(readConnect(raw({ will: WILL, clean: false }))).toMatchObject({
      ...{ version: 4, isClean: false, password: undefined, keepsSubscriptions: false, maxPacketBytes: undefined },
    });
  });

  it('MQ7: of other versions is recognized, and a broken one is not read', () => {
    expect(readConnect(raw({ protocolId: 'MQIsdp', protocolVersion: 3 }))).toBe('version');
    expect(readConnect({ ...raw({}), header: 0x11 })).toBeUndefined();
    const whole = raw({ will: WILL, username: 'u', password: Buffer.from('p') });
    for (let end = 0; end < whole.body.length; end++) {
      expect(readConnect({ ...whole, body: whole.body.subarray(0, end) })).toBeUndefined();
    }
  });

  it('MQ6: has a method of authentication', () => {
    expect(readConnect(raw({ protocolVersion: 5, properties: { authenticationMethod: 'x' } }))).toMatchObject({
      hasMethod: true,
    });
  });
});
