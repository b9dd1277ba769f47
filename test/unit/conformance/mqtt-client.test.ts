import { afterEach, beforeEach, expect, it } from 'vitest';
import { Fixture } from '../../../conformance/fixture.ts';
import { connectPacket, HEADERS, MqttClient, mqttPacket, mqttTarget, uint16 } from '../../../conformance/mqtt-client.ts';
import { profileOf } from '../../../conformance/profile.ts';
import { ConformingMqtt } from '../../conformance/topics/conforming-mqtt.ts';

let server: ConformingMqtt;
let fixture: Fixture;
beforeEach(async () => {
  server = new ConformingMqtt({});
  const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
  fixture = new Fixture(profileOf(address, {}, 500));
});
afterEach(() => {
  void fixture.close();
  server.stop();
});

it('MQ3: writes packets with lengths of one and two bytes', () => {
  expect(mqttPacket(HEADERS.subscribe, uint16(258), 'a', 0).toString('hex')).toBe('8206010200016100');
  expect(mqttPacket(HEADERS.publish, Buffer.alloc(200)).subarray(0, 3).toString('hex')).toBe('30c801');
  expect(connectPacket({ clientId: 'a' }).toString('hex')).toBe('100d00044d5154540402003c000161');
});

it.each([4, 5] as const)('MQ5, MQ18: version %d connects, and receives all publications before a marker', async (version) => {
  expect(mqttTarget(fixture)).toBe('/mqtt');
  const ann = await MqttClient.connect(fixture, 'ann', ['garden', 'house'], { version });
  const bob = await MqttClient.connect(fixture, 'bob', [], { version });
  bob.publish('garden', 'one').publish('house', 'two');
  expect(await ann.deliveriesBeforeMarker(bob, 'house')).toEqual([
    { topic: 'garden', payload: 'one', isRetained: false },
    { topic: 'house', payload: 'two', isRetained: false },
  ]);
});

it('MQ15: keeps publications before an acknowledgement', async () => {
  const ann = await MqttClient.connect(fixture, 'ann', ['garden']);
  ann.publish('garden', 'mine');
  await ann.unsubscribe('garden');
  expect(ann.delivery(await ann.receive())).toEqual({ topic: 'garden', payload: 'mine', isRetained: false });
});

it('MQ5: fails if CONNACK has another code', async () => {
  await expect(MqttClient.connect(fixture, 'ann', [], { clientId: '', isClean: false })).rejects.toThrow(
    'type and reason of CONNACK',
  );
});
