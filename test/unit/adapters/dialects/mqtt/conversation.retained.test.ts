import { describe, expect, it } from 'vitest';
import { MqttBroker, type MqttClient } from '../../../../support/mqtt-broker.ts';

const RETAIN = { retain: true } as const;

/** Patterns are searched in the next turn. */
function settled(broker: MqttBroker, client: MqttClient): readonly string[] {
  broker.advance(0);
  return client.told;
}

describe('MQ20, T17: a retained publication', () => {
  it('is told behind SUBACK to later subscribers, by name and by pattern', () => {
    const broker = new MqttBroker();
    const [ann, live] = [broker.join(4), broker.join(4, '#')];
    ann.publish('a/b', '1', RETAIN).publish('a/b', '2', RETAIN).publish('a/c', '3', RETAIN).publish('d', '4');
    expect(live.told).toEqual(['a/b 1', 'a/b 2', 'a/c 3', 'd 4']);
    expect(broker.join(4, 'a/b').received.map(({ cmd }) => cmd)).toEqual(['connack', 'suback', 'publish']);
    expect(broker.join(4, 'a/b').told).toEqual(['a/b 2 r']);
    expect(settled(broker, broker.join(5, 'a/+'))).toEqual(['a/b 2 r', 'a/c 3 r']);
    expect(settled(broker, broker.join(5, 'd', 'e/#'))).toEqual([]);
  });

  it('is deleted by an empty payload, which is told live', () => {
    const broker = new MqttBroker();
    const [ann, live] = [broker.join(4).publish('a', '1', RETAIN), broker.join(4)];
    live.subscribe('a');
    ann.publish('a', '', RETAIN);
    expect([live.told, broker.join(4, 'a').told]).toEqual([['a 1 r', 'a '], []]);
  });

  it('is told by the retain handling of version 5.0', () => {
    const broker = new MqttBroker();
    broker.join(4).publish('a', '1', RETAIN);
    const ann = broker.join(5);
    const subscribe = (rh: 0 | 1 | 2): number => {
      ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0, rh }] });
      return ann.told.length;
    };
    expect([subscribe(2), subscribe(1), subscribe(0)]).toEqual([0, 0, 1]);
    expect(broker.join(5).send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0, rh: 1 }] }).told).toEqual([
      'a 1 r',
    ]);
  });

  it('MQ22: keeps its properties, and expires', () => {
    const broker = new MqttBroker();
    const properties = { contentType: 'x/y', messageExpiryInterval: 10 };
    broker.join(5).publish('a', '1', { ...RETAIN, properties });
    broker.advance(4_000);
    expect(broker.join(5, 'a').received.at(-1)).toMatchObject({
      properties: { contentType: 'x/y', messageExpiryInterval: 6 },
    });
    broker.advance(6_000);
    expect(broker.join(5, 'a').told).toEqual([]);
  });

  it('MQ20: without room, version 5.0 is refused, and version 3.1.1 publishes live', () => {
    const broker = new MqttBroker({ retainedMessages: 1 });
    const [ann, live] = [broker.join(5), broker.join(4, '#')];
    expect(ann.publish('a', '1', { ...RETAIN, qos: 1, messageId: 3 }).last).toBe('40020003');
    expect(ann.publish('b', '2', { ...RETAIN, qos: 1, messageId: 3 }).last).toBe('4003000397');
    expect(ann.publish('b', '', { ...RETAIN, qos: 1, messageId: 3 }).last).toBe('40020003');
    broker.join(4).publish('b', '3', { ...RETAIN, qos: 1, messageId: 3 });
    ann.publish('b', '4', RETAIN);
    expect([live.told, broker.join(4, 'b').told]).toEqual([['a 1', 'b ', 'b 3', 'b 4'], []]);
  });

  it('B1, B3: is refused beyond the memory budget, which frees it again when it is deleted', () => {
    const broker = new MqttBroker({ memoryBudget: 4_000 });
    const ann = broker.join(5);
    const retain = (topic: string, text: string): string =>
      ann.publish(topic, text, { ...RETAIN, qos: 1, messageId: 3 }).last.slice(8);
    const text = 'x'.repeat(1_000);
    expect([retain('a', text), retain('b', text), retain('c', text)]).toEqual(['10', '10', '97']);
    expect([retain('b', ''), retain('c', text), ann.closeCode]).toEqual(['10', '10', undefined]);
  });

  it('MQ9: is announced as unavailable in version 5.0 without retained_messages', () => {
    const ann = new MqttBroker({ retainedMessages: 0 }).join(5);
    expect(ann.received).toMatchObject([{ properties: { retainAvailable: false } }]);
    expect(ann.publish('a', '1', { ...RETAIN, qos: 1, messageId: 3 }).last).toBe('4003000397');
  });

  it('MQ21: is the will, if it says so', () => {
    const broker = new MqttBroker();
    const will = { topic: 'w', payload: Buffer.from('gone'), qos: 0, retain: true } as const;
    broker.open().connect({ clientId: 'x', will }).client.cut();
    expect(broker.join(4, 'w').told).toEqual(['w gone r']);
  });

  it('R5: is not kept in a realm by pattern', () => {
    const broker = new MqttBroker({ keys: ['peerjs', 'room-*'] });
    const open = (): MqttClient => broker.open(4, 'key=room-1').connect({ clientId: `${Math.random()}` });
    open().publish('a', '1', RETAIN);
    expect(open().subscribe('a').told).toEqual([]);
  });

  it('T17, M19: a pattern finds each topic once, and a client that asks too often is closed', () => {
    const broker = new MqttBroker({ messagesPerSecond: 10, messageBurst: 1_000 });
    const ann = broker.join(4);
    for (let topic = 0; topic < 500; topic++) ann.publish(`a/${topic}`, 'x', RETAIN);
    const bob = broker.join(4, '#');
    expect([bob.told.length, new Set(settled(broker, bob)).size, bob.told.length]).toEqual([0, 500, 500]);
    for (let time = 0; time < 200 && bob.closeCode === undefined; time++) {
      bob.subscribe('#');
      broker.advance(0);
    }
    expect([bob.closeCode, ann.closeCode]).toEqual([1008, undefined]);
  });

  it('T17: a client that unsubscribes or leaves during the search receives nothing more', () => {
    const broker = new MqttBroker();
    broker.join(4).publish('a', 'x', RETAIN);
    const [ann, bob] = [broker.join(4, '#'), broker.join(4, '#')];
    ann.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['#'] });
    bob.client.cut();
    expect([settled(broker, ann), bob.told]).toEqual([[], []]);
  });

  it('T17: subscriptions during a search are searched next', () => {
    const broker = new MqttBroker();
    broker.join(4).publish('a/b', 'x', RETAIN).publish('c/d', 'y', RETAIN);
    const ann = broker.join(4, 'a/+').subscribe('c/+');
    expect(settled(broker, ann)).toEqual(['a/b x r', 'c/d y r']);
  });
});
