import { describe, expect, it } from 'vitest';
import { MqttBroker } from '../../../../support/mqtt-broker.ts';

const CONNECT_3 = '10 0d 0004 4d515454 04 02 003c 0001 61';

describe('an MQTT client that connects', () => {
  it('MQ4, MQ5: in version 3.1.1, receives CONNACK without a kept subscription', () => {
    expect(new MqttBroker().open().sendHex(CONNECT_3).last).toBe('20020000');
    const ann = new MqttBroker().open().connect({ clean: false, clientId: 'b' });
    expect(ann.last).toBe('20020000');
  });

  it('MQ5, MQ9: in version 5.0, learns what the broker has not, and that nothing is kept', () => {
    const ann = new MqttBroker().open(5).connect({ clean: false, keepalive: 30, properties: { sessionExpiryInterval: 100 } });
    const properties = { sessionExpiryInterval: 0, maximumPacketSize: 1_048_576, subscriptionIdentifiersAvailable: false };
    expect(ann.received).toMatchObject([{ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties }]);
    expect(Object.keys((ann.received[0] as { properties: object }).properties).sort()).toEqual(Object.keys(properties).sort());
  });

  it('MQ9, MQ10: in version 5.0, learns its id and how often it must send something', () => {
    const broker = new MqttBroker({ aliveTimeout: 60_000 });
    const properties = { assignedClientIdentifier: 'id1', serverKeepAlive: 40 };
    expect(broker.open(5).connect({ clientId: '', keepalive: 0 }).received).toMatchObject([{ properties }]);
    const eve = broker.open(5).connect({ keepalive: 41 });
    expect(eve.received).toMatchObject([{ properties: { serverKeepAlive: 40 } }]);
    const bob = broker.open(5).connect({ keepalive: 40 }).received;
    expect((bob[0] as { properties: object }).properties).not.toHaveProperty('serverKeepAlive');
  });

  it('W1: sends each byte as a frame, or all packets in one frame', () => {
    const ann = new MqttBroker().open();
    for (const byte of Buffer.from(CONNECT_3.replaceAll(' ', ''), 'hex')) ann.client.send(Uint8Array.of(byte));
    ann.sendHex('82 06 0001 0001 61 00 c0 00 30 04 0001 61 78');
    expect(ann.client.received.slice(1)).toEqual(['[binary] 9003000100', '[binary] d000', '[binary] 300400016178']);
  });

  it('MQ1: other versions are refused by CONNACK', () => {
    for (const connect of ['10 0d 0004 4d515454 03 02 003c 0001 61', '10 0f 0006 4d5149736470 03 02 003c 0001 61']) {
      const ann = new MqttBroker().open().sendHex(connect);
      expect([ann.last, ann.closeCode]).toEqual(['20020001', 1007]);
    }
    expect(new MqttBroker().open().sendHex('10 0d 0004 4d515454 06 02 003c 0001 61').last).toBe('20020001');
  });

  it.each([
    ['another packet first', 'c0 00'],
    ['a wrong name', '10 0d 0004 4d515455 04 02 003c 0001 61'],
    ['the reserved flag', '10 0d 0004 4d515454 04 03 003c 0001 61'],
    ['flags of the packet', '11 0d 0004 4d515454 04 02 003c 0001 61'],
    ['flags of a will without a will', '10 0d 0004 4d515454 04 22 003c 0001 61'],
    ['QoS 3 of a will', '10 13 0004 4d515454 04 1e 003c 0001 61 0001 61 0001 61'],
    ['a will with a wildcard', '10 13 0004 4d515454 04 06 003c 0001 61 0001 23 0001 61'],
    ['a password without a user', '10 10 0004 4d515454 04 42 003c 0001 61 0001 61'],
    ['bytes behind the last field', '10 0e 0004 4d515454 04 02 003c 0001 61 00'],
    ['an incomplete field', '10 0d 0004 4d515454 04 02 003c 0002 61'],
    ['an invalid property of version 5.0', '10 10 0004 4d515454 05 02 003c 02 23 01 0001 61'],
  ])('MQ7: is closed without a packet after %s', (_, digits) => {
    const ann = new MqttBroker().open().sendHex(digits);
    expect([ann.client.received, ann.closeCode]).toEqual([[], 1007]);
  });

  it('MQ7: needs an id in version 3.1.1, unless nothing is to be kept', () => {
    const broker = new MqttBroker();
    expect(broker.open().sendHex('10 0c 0004 4d515454 04 02 003c 0000').last).toBe('20020000');
    expect(broker.open().sendHex('10 0c 0004 4d515454 04 00 003c 0000').last).toBe('20020002');
    expect(broker.open(5).sendHex('10 0d 0004 4d515454 05 00 003c 00 0000').received).toMatchObject([{ reasonCode: 0 }]);
    const long = { clientId: 'a'.repeat(1_025) };
    expect([broker.open().connect(long).last, broker.open(5).connect(long).last]).toEqual(['20020002', '2003008500']);
  });

  it('MQ6: is refused if it wants a method of authentication', () => {
    const ann = new MqttBroker().open(5).connect({ properties: { authenticationMethod: 'SCRAM' } });
    expect([ann.received.map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]), ann.closeCode]).toEqual([
      [['connack', 0x8c]],
      1007,
    ]);
  });

  it('MQ2, MQ7: is closed after a text frame, and after a second CONNECT', () => {
    const ann = new MqttBroker().open();
    ann.client.send('MQTT');
    expect(ann.closeCode).toBe(1003);
    expect(new MqttBroker().open().connect().connect().closeCode).toBe(1007);
    expect(new MqttBroker().open(5).connect().connect().last).toBe('e00182');
  });

  it('MQ6: is refused in a realm that is unknown or full', () => {
    const broker = new MqttBroker({ concurrentLimit: 1, keys: ['peerjs'] });
    expect(broker.open(4, 'key=no').connect().last).toBe('20020005');
    expect(broker.open(5, 'key=no').connect().received).toMatchObject([
      { reasonCode: 0x87, properties: { reasonString: 'Invalid key provided' } },
    ]);
    broker.open().connect({ clientId: 'bob' });
    expect(broker.open().connect().last).toBe('20020003');
    expect(broker.open(5).connect().received).toMatchObject([{ reasonCode: 0x97 }]);
  });

  it('W3: is closed if it does not connect in time', () => {
    const broker = new MqttBroker();
    const ann = broker.open();
    broker.advance(10_000);
    expect([ann.client.received, ann.closeCode]).toEqual([[], 4002]);
  });
});

describe('an MQTT client that subscribes', () => {
  it('MQ14: receives a code for each filter, in order', () => {
    const ann = new MqttBroker({ topicsPerConnection: 2, topicLength: 9 }).join(5);
    ann.subscribe('a', '$share//b', 'too/long/name', 'c/#', 'd');
    expect(ann.received.at(-1)).toMatchObject({ cmd: 'suback', granted: [0, 0x8f, 0x8f, 0, 0x97] });
    const bob = new MqttBroker({ topicsPerConnection: 1 }).join(4, 'a', '$share/g', 'c');
    expect(bob.last).toBe('90050001008080');
  });

  it('MQ14: receives a code alone, too', () => {
    const ann = new MqttBroker().join(5, '$share/g');
    expect(ann.last).toBe('90040001008f');
  });

  it('MQ14: a filter that was refused counts no more', () => {
    const ann = new MqttBroker({ topicLength: 3, topicsPerConnection: 1 }).join(5, 'too/long');
    expect(ann.subscribe('a').last).toBe('900400020000');
  });

  it('MQ14: subscription identifiers are refused', () => {
    const ann = new MqttBroker().join(5);
    ann.send({
      cmd: 'subscribe',
      messageId: 7,
      subscriptions: [{ topic: 'a', qos: 0 }],
      properties: { subscriptionIdentifier: 1 },
    });
    expect(ann.last).toBe('9004000700a1');
  });

  it('MQ13, MQ18: receives each publication once, by name and by pattern', () => {
    const broker = new MqttBroker();
    const ann = broker.join(4, 'a/b', 'a/+', '#');
    broker.join(5).publish('a/b', 'one').publish('a/c', 'two').publish('b', 'three').publish('$x', 'four');
    expect(ann.told).toEqual(['a/b one', 'a/c two', 'b three']);
  });

  it('MQ15: unsubscribes, and learns in version 5.0 whether it was subscribed', () => {
    const broker = new MqttBroker();
    const ann = broker.join(5, 'a', 'b/#');
    ann.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['a', 'c', 'b/#'] });
    expect(ann.received.at(-1)).toMatchObject({ cmd: 'unsuback', messageId: 9, granted: [0, 0x11, 0] });
    broker.join(4).publish('a', '1').publish('b/c', '2');
    expect(ann.told).toEqual([]);
    const bob = broker.join(4);
    expect(bob.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['a'] }).last).toBe('b0020009');
  });

  it('MQ19: with no-local, receives none of its own publications by that filter', () => {
    const broker = new MqttBroker();
    const [ann, bob] = [broker.join(5), broker.join(4, '#')];
    ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0, nl: true }] });
    ann.publish('a', '1');
    expect([ann.told, bob.told]).toEqual([[], ['a 1']]);
    ann.subscribe('+').publish('a', '2');
    expect(ann.told).toEqual(['a 2']);
    ann.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['+'] }).publish('a', '3');
    expect(ann.told).toEqual(['a 2']);
    ann.subscribe('a').publish('a', '4');
    expect(ann.told).toEqual(['a 2', 'a 4']);
    expect(bob.publish('b', '5').told.at(-1)).toBe('b 5');
  });

  it.each([
    ['a wildcard beside text', '82 07 0001 0002 612b 00', '81'],
    ['a wildcard behind the last level', '82 08 0001 0003 232f61 00', '81'],
    ['no filter', '82 02 0001', '81'],
    ['packet id 0', '82 06 0000 0001 61 00', '81'],
    ['QoS 3', '82 06 0001 0001 61 03', '81'],
    ['an empty filter', '82 05 0001 0000 00', '81'],
    ['other flags', '80 06 0001 0001 61 00', '81'],
    ['reserved options', '82 06 0001 0001 61 40', '81'],
    ['UTF-8 that is invalid', '82 06 0001 0001 ff 00', '81'],
    ['U+0000', '82 06 0001 0001 00 00', '81'],
    ['no filter to leave', 'a2 02 0001', '81'],
  ])('MQ12: is closed after a SUBSCRIBE or UNSUBSCRIBE with %s', (_, digits, reason) => {
    const three = new MqttBroker().join(4).sendHex(digits);
    expect([three.client.received.length, three.closeCode]).toEqual([1, 1007]);
    // Properties come behind the packet id.
    const length = (Number.parseInt(digits.slice(3, 5), 16) + 1).toString(16).padStart(2, '0');
    const five = new MqttBroker().join(5).sendHex(`${digits.slice(0, 3)}${length}${digits.slice(5, 10)}00${digits.slice(10)}`);
    expect([five.last, five.closeCode]).toEqual([`e001${reason}`, 1007]);
  });
});
