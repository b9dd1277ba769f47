import { describe, expect, it } from 'vitest';
import { MqttBroker } from '../../../../support/mqtt-broker.ts';

describe('an MQTT client that publishes', () => {
  it('MQ16: receives no answer with QoS 0, PUBACK with QoS 1, PUBREC and PUBCOMP with QoS 2', () => {
    const broker = new MqttBroker();
    const [ann, bob] = [broker.join(4), broker.join(4, 'a')];
    ann.publish('a', '0');
    expect(ann.client.received.length).toBe(1);
    expect(ann.publish('a', '1', { qos: 1, messageId: 7 }).last).toBe('40020007');
    expect(ann.publish('a', '2', { qos: 2, messageId: 8 }).last).toBe('50020008');
    expect(ann.publish('a', '2', { qos: 2, messageId: 8, dup: true }).last).toBe('50020008');
    expect(ann.send({ cmd: 'pubrel', messageId: 8 }).last).toBe('70020008');
    ann.publish('a', '3', { qos: 2, messageId: 8 });
    expect(bob.told).toEqual(['a 0', 'a 1', 'a 2', 'a 3']);
    expect(bob.received.flatMap((packet) => ('qos' in packet && packet.cmd === 'publish' ? [packet.qos] : []))).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('MQ16, T14: in version 5.0, learns that no client is subscribed', () => {
    const ann = new MqttBroker().join(5);
    expect(ann.publish('a', '1', { qos: 1, messageId: 7 }).last).toBe('4003000710');
    expect(ann.subscribe('a').publish('a', '1', { qos: 2, messageId: 8 }).last).toBe('50020008');
  });

  it('MQ17: publishes again what it sends again after it has reconnected', () => {
    const broker = new MqttBroker();
    const bob = broker.join(4, 'a');
    for (let time = 0; time < 2; time++) {
      const ann = broker
        .open()
        .connect()
        .publish('a', '1', { qos: 1, messageId: 7, dup: time > 0 });
      expect(ann.last).toBe('40020007');
      ann.client.cut();
    }
    expect(bob.told).toEqual(['a 1', 'a 1']);
  });

  it('MQ16: learns in version 5.0 that a name is unusable, and then may use the packet id again', () => {
    const broker = new MqttBroker({ topicLength: 3 });
    const [ann, bob] = [broker.join(5), broker.join(4, '#')];
    expect(ann.publish('long', '1', { qos: 1, messageId: 7 }).last).toBe('4003000790');
    expect(ann.publish('long', '1', { qos: 2, messageId: 7 }).last).toBe('5003000790');
    expect(ann.publish('a', '1', { qos: 2, messageId: 7 }).last).toBe('50020007');
    expect(broker.join(4).publish('long', '1', { qos: 1, messageId: 7 }).last).toBe('40020007');
    expect(bob.told).toEqual(['a 1']);
  });

  it('MQ16: no client publishes to reserved topics', () => {
    const broker = new MqttBroker();
    const [ann, bob] = [broker.join(5), broker.join(4, '$SYS/a')];
    expect(ann.publish('$SYS/a', '0').client.received.length).toBe(1);
    expect(ann.publish('$SYS/a', '1', { qos: 1, messageId: 7 }).last).toBe('4003000787');
    expect(ann.publish('$SYS/a', '1', { qos: 2, messageId: 7 }).last).toBe('5003000787');
    expect([bob.told, ann.closeCode]).toEqual([[], undefined]);
  });

  it('MQ22: the properties of version 5.0 reach version 5.0 only', () => {
    const broker = new MqttBroker();
    const [three, five] = [broker.join(4, 'a'), broker.join(5, 'a')];
    const properties = {
      ...{ payloadFormatIndicator: true, contentType: 'text/plain', responseTopic: 'b', messageExpiryInterval: 9 },
      ...{ correlationData: Buffer.from([1, 2]), userProperties: { a: ['1', '2'], b: '3' } },
    };
    broker.join(5).publish('a', 'x', { properties });
    broker.join(4).publish('a', 'y');
    expect(five.received.slice(-2)).toMatchObject([{ topic: 'a', properties }, { topic: 'a' }]);
    expect(three.told).toEqual(['a x', 'a y']);
  });

  it('MQ22: a client that takes small packets receives no larger ones', () => {
    const broker = new MqttBroker();
    const ann = broker
      .open(5)
      .connect({ properties: { maximumPacketSize: 20 } })
      .subscribe('a');
    // Header, length, topic with its length, and the length of the properties: 6 bytes.
    broker.join(4).publish('a', 'x'.repeat(15)).publish('a', 'y'.repeat(14));
    expect(ann.told).toEqual([`a ${'y'.repeat(14)}`]);
  });

  it.each([
    ['a wildcard', '30 05 0003 612f23', '82'],
    ['no topic', '30 03 0000 61', '82'],
    ['QoS 3', '36 06 0001 61 0001 61', '81'],
    ['packet id 0', '32 06 0001 61 0000 61', '81'],
    ['a repetition of QoS 0', '38 04 0001 61 61', '81'],
    ['UTF-8 that is invalid', '30 04 0001 ff 61', '81'],
    ['packet type 0', '00 00', '82'],
    ['a packet of the broker', 'd0 00', '82'],
    ['a PINGREQ with content', 'c0 01 00', '81'],
    ['an endless length', '30 ff ff ff ff 01', '81'],
    ['PUBREL without its flags', '60 02 0001', '81'],
    ['a PUBREL of one byte', '62 01 01', '81'],
  ])('MQ12: is closed after %s', (_, digits, reason) => {
    const three = new MqttBroker().join(4).sendHex(digits);
    expect([three.client.received.length, three.closeCode]).toEqual([1, 1007]);
    const five = new MqttBroker().join(5).sendHex(digits);
    expect([five.last.slice(0, 4), five.closeCode]).toEqual(['e001', 1007]);
    if (!digits.startsWith('3')) expect(five.last).toBe(`e001${reason}`);
  });

  it('MQ12, MQ22: a topic alias is refused', () => {
    const ann = new MqttBroker().join(5).publish('a', 'x', { properties: { topicAlias: 1 } });
    expect([ann.last, ann.closeCode]).toEqual(['e00194', 1007]);
  });

  it('MQ12: acknowledgements of nothing are passed over, and a PUBREL of nothing is answered', () => {
    const ann = new MqttBroker().join(4).sendHex('40 02 0001 50 02 0001 70 02 0001');
    expect([ann.client.received.length, ann.closeCode]).toEqual([1, undefined]);
    expect(ann.sendHex('62 02 0001').last).toBe('70020001');
  });

  it('MQ3: a packet over the limit is refused when its length is read', () => {
    const broker = new MqttBroker({ maxMessageBytes: 1_024 });
    const ann = broker.join(5).sendHex('30 ff 07');
    expect([ann.last, ann.closeCode]).toEqual(['e00195', 1009]);
    expect(broker.join(4).sendHex('30 fd 07').closeCode).toBeUndefined();
  });

  it('M23: a frame has at most 2,000 packets', () => {
    const unlimited = { messagesPerSecond: 1_000_000, messageBurst: 1_000_000 };
    expect(new MqttBroker(unlimited).join(5).sendHex('c000'.repeat(2_000)).closeCode).toBeUndefined();
    const eve = new MqttBroker(unlimited).join(5).sendHex('c000'.repeat(2_001));
    expect([eve.last, eve.closeCode]).toEqual(['e00196', 1007]);
  });

  it('MQ23, T12: bytes pass to other wires and back, and what MQTT can not say is not told', () => {
    const broker = new MqttBroker({ dialects: ['mqtt', 'centrifuge'] });
    const ann = broker.join(4, '#');
    const bob = broker.transport.connect({ path: '/connection/websocket' });
    bob.send('{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"a"}}');
    ann.publish('a', Buffer.from([0, 255]));
    expect(bob.received.at(-1)).toBe('{"push":{"channel":"a","pub":{"data":[0,255]}}}');
    const say = (channel: string, data: string): void =>
      bob.send(`{"id":3,"publish":{"channel":${JSON.stringify(channel)},"data":${data}}}`);
    for (const channel of ['b', 'b+', 'b#', 'b\u0000', '$b']) say(channel, '[120]');
    say('c', '{"a":1}');
    expect(ann.told.slice(1)).toEqual(['b x']);
  });
});

describe('an MQTT client with prefixes', () => {
  it('MQ24: the topic has no prefix, and each client receives the name by which it subscribed', () => {
    const broker = new MqttBroker({ mqttPrefixes: ['peerix/', 'p/'] });
    const [ann, bob, eve] = [broker.join(4, 'peerix/a'), broker.join(4, 'a', 'p/+'), broker.join(5, '#')];
    broker.join(5).publish('p/a', '1').publish('b', '2');
    expect([ann.told, bob.told, eve.told]).toEqual([['peerix/a 1'], ['a 1', 'p/b 2'], ['a 1', 'b 2']]);
    bob.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['p/+'] });
    broker.join(5).publish('p/a', '3');
    expect(bob.told.at(-1)).toBe('a 3');
  });

  it('MQ16, MQ21, MQ24: a prefix does not hide a topic that begins with $', () => {
    const broker = new MqttBroker({ mqttPrefixes: ['p/'] });
    const ann = broker.join(5, '$SYS/x', '$SYS/w');
    broker.join(5).publish('p/$SYS/x', '1');
    broker
      .open()
      .connect({ clientId: 'w', will: { topic: 'p/$SYS/w', payload: Buffer.from('2'), qos: 0, retain: false } })
      .client.cut();
    expect(ann.told).toEqual([]);
  });

  it('MQ24: two filters of one topic are left one by one', () => {
    const broker = new MqttBroker({ mqttPrefixes: ['p/'] });
    const ann = broker.join(4, 'a', 'p/a').send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['p/a'] });
    broker.join(5).publish('a', '1');
    expect(ann.told).toEqual(['a 1']);
    ann.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a'] });
    broker.join(5).publish('a', '2');
    expect(ann.told).toEqual(['a 1']);
  });
});

describe('the end of an MQTT client', () => {
  it('MQ21, T18: its will is published unless it says DISCONNECT', () => {
    const broker = new MqttBroker();
    const bob = broker.join(4, '#');
    const will = { topic: 'w', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
    broker.open().connect({ clientId: 'a', will }).client.cut();
    expect(bob.told).toEqual(['w gone']);
    broker.open().connect({ clientId: 'b', will }).send({ cmd: 'disconnect' });
    broker.open(5).connect({ clientId: 'c', will }).send({ cmd: 'disconnect', reasonCode: 0 });
    expect(bob.told).toEqual(['w gone']);
    const eve = broker.open(5).connect({ clientId: 'd', will }).send({ cmd: 'disconnect', reasonCode: 4 });
    expect([bob.told.length, eve.closeCode]).toEqual([2, 1000]);
    broker.open().connect({ clientId: 'e', will }).sendHex('00');
    broker
      .open()
      .connect({ clientId: 'f', will: { ...will, topic: '$w' } })
      .client.cut();
    expect(bob.told.length).toBe(2);
    broker.open().connect({ clientId: 'g', will }).sendHex('0000');
    expect(bob.told.length).toBe(3);
  });

  it('MQ11: reads nothing behind DISCONNECT', () => {
    const broker = new MqttBroker();
    const bob = broker.join(4, '#');
    broker.join(4).sendHex('e000 300400016178');
    expect(bob.told).toEqual([]);
  });

  it('MQ10: a client that answers PINGREQ or pings stays, another one is closed', () => {
    const broker = new MqttBroker({ aliveTimeout: 60_000 });
    const [ann, bob] = [broker.join(5), broker.join(4)];
    ann.client.answersPings = false;
    bob.client.answersPings = false;
    for (let time = 0; time < 4; time++) {
      broker.advance(20_000);
      bob.sendHex('c000');
    }
    expect([ann.last, ann.closeCode, bob.closeCode, bob.last]).toEqual(['e0018d', 4002, undefined, 'd000']);
  });

  it.each([4, 5] as const)(
    'MQ10: version %d is closed after one and a half of its keep alive, and its will is published',
    (version) => {
      const broker = new MqttBroker({ aliveTimeout: 60_000, pingInterval: 1_000 });
      const bob = broker.join(4, 'a');
      const will = { topic: 'a', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
      const ann = broker.open(version).connect({ keepalive: 2, will });
      broker.advance(2_900);
      ann.sendHex('c000');
      broker.advance(2_900);
      expect([ann.closeCode, bob.told]).toEqual([undefined, []]);
      broker.advance(1_000);
      expect([ann.closeCode, bob.told, ann.last]).toEqual([4002, ['a gone'], version === 5 ? 'e0018d' : 'd000']);
    },
  );

  it('MQ10: keeps a client whose packets it has not read yet, because the client exceeded its rate', () => {
    const broker = new MqttBroker({ aliveTimeout: 60_000, onFlood: 'pause', messagesPerSecond: 1, messageBurst: 1 });
    const ann = broker.open(4).connect({ keepalive: 1 });
    for (let count = 0; count < 5; count++) ann.publish('a', 'x');
    for (let time = 0; time < 20; time++) broker.advance(250);
    expect(ann.closeCode).toBeUndefined();
    for (let time = 0; time < 4; time++) broker.advance(250);
    expect(ann.closeCode).toBe(4002);
  });

  it('MQ11: in version 5.0 it learns why the broker closes', async () => {
    const broker = new MqttBroker();
    const [three, five] = [broker.join(4), broker.join(5)];
    await broker.broker.close();
    expect([three.last, three.closeCode, five.last, five.closeCode]).toEqual(['20020000', 1012, 'e0018b', 1012]);
  });
});
