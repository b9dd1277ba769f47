import { describe, expect, it } from 'vitest';
import { MqttBroker, type MqttClient } from '../../../../support/mqtt-broker.ts';

const NATS_LINES = Uint8Array.from(Buffer.from('CONNECT {"verbose":false}\r\nSUB a q 1\r\n'));
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));
const unsubscribe = (client: MqttClient, filter: string): MqttClient =>
  client.send({ cmd: 'unsubscribe', messageId: 99, unsubscriptions: [filter] });

function publishAll(client: MqttClient, topic: string, payloads: readonly string[]): void {
  for (const payload of payloads) client.publish(topic, payload);
}

describe('an MQTT client with a shared subscription', () => {
  it('MQ25: receives a publication in turn with the other members, in any version', () => {
    const broker = new MqttBroker();
    const members = [broker.join(4, '$share/g/a'), broker.join(5, '$share/g/a'), broker.join(5, '$share/g/a')];
    publishAll(broker.join(4), 'a', numbers(9));
    expect(members.map(({ last }) => last.slice(0, 2))).toEqual(['30', '30', '30']);
    expect(members.map(({ told }) => told)).toEqual([
      ['a 0', 'a 3', 'a 6'],
      ['a 1', 'a 4', 'a 7'],
      ['a 2', 'a 5', 'a 8'],
    ]);
  });

  it('MQ25: shares a pattern, and a member that has gone receives nothing', () => {
    const broker = new MqttBroker();
    const [ann, bob] = [broker.join(5, '$share/g/a/#'), broker.join(5, '$share/g/a/#')];
    const eve = broker.join(4);
    publishAll(eve, 'a/b', numbers(4));
    publishAll(eve, 'b', numbers(2));
    expect([ann.told.length, bob.told.length]).toEqual([2, 2]);
    bob.client.close();
    publishAll(eve, 'a', numbers(3));
    expect(ann.told.slice(2)).toEqual(['a 0', 'a 1', 'a 2']);
  });

  it('MQ25: share name and filter identify it, and clients without a share name receive all', () => {
    const broker = new MqttBroker();
    const others = ['a', '$share/h/a', '$share/g/+'].map((filter) => broker.join(4, filter));
    const members = ['$share/g/a', '$share/g/a'].map((filter) => broker.join(4, filter));
    publishAll(broker.join(5), 'a', numbers(4));
    expect([...others, ...members].map(({ told }) => told.length)).toEqual([4, 4, 4, 2, 2]);
  });

  it('MQ18, MQ25: receives one publication for each plain and each shared subscription', () => {
    const broker = new MqttBroker();
    const ann = broker.join(4, 'a', '#', '$share/g/a', '$share/h/a').publish('a', '1');
    expect(ann.told).toEqual(['a 1', 'a 1', 'a 1']);
    unsubscribe(unsubscribe(unsubscribe(ann, 'a'), '#'), '$share/h/a').publish('a', '2');
    expect(ann.told.slice(3)).toEqual(['a 2']);
    expect(unsubscribe(ann, '$share/g/a').publish('a', '3').told.length).toBe(4);
  });

  it('MQ15, MQ25: subscribes again, and unsubscribes by the same text', () => {
    const ann = new MqttBroker().join(5, '$share/g/a', '$share/g/a').publish('a', '1');
    expect(ann.told).toEqual(['a 1']);
    const granted = ['a', '$share/h/a', '$share/g', '$share/g/a', '$share/g/a'].map((filter) => unsubscribe(ann, filter).last);
    expect(granted.map((packet) => packet.slice(-2))).toEqual(['11', '11', '11', '00', '11']);
    expect(ann.publish('a', '2').told).toEqual(['a 1']);
  });

  it('MQ20, MQ25: receives live publications with retain, and no retained ones', () => {
    const broker = new MqttBroker();
    const bob = broker.join(4).publish('a', 'kept', { retain: true });
    const ann = broker.join(5, '$share/g/a', '$share/g/#');
    expect([ann.told, broker.join(4, 'a').told]).toEqual([[], ['a kept r']]);
    bob.publish('a', 'live', { retain: true });
    expect(ann.told).toEqual(['a live', 'a live']);
  });

  it('MQ12, MQ25: with no-local, is closed for a protocol error', () => {
    const subscriptions = [{ topic: '$share/g/a', qos: 0, nl: true }] as const;
    const ann = new MqttBroker().join(5).send({ cmd: 'subscribe', messageId: 1, subscriptions: [...subscriptions] });
    expect([ann.last, ann.closeCode]).toEqual(['e00182', 1007]);
  });

  it('MQ12, MQ25: with a wildcard beside text, is closed', () => {
    expect(new MqttBroker().join(5, '$share/g/a+').closeCode).toBe(1007);
  });

  it('MQ19, MQ25: receives its own publication, also beside a filter with no-local', () => {
    const ann = new MqttBroker().join(5, '$share/g/a');
    ann.send({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'a', qos: 0, nl: true }] }).publish('a', '1');
    expect(ann.told).toEqual(['a 1']);
  });

  it.each(['$share', '$share/', '$share/g', '$share/g/', '$share//a', '$share/+/a', '$share/#', '$share/g#/a'])(
    'MQ14, MQ25: is refused without a share name and a filter: %s',
    (filter) => {
      const broker = new MqttBroker({ topicsPerConnection: 2 });
      expect([broker.join(4, filter, 'b').last, broker.join(5, 'b', filter, '$share/g/b').last]).toEqual([
        '900400018000',
        '9006000100008f00',
      ]);
    },
  );

  it('MQ14, MQ25: each shared subscription counts as a topic', () => {
    const broker = new MqttBroker({ topicsPerConnection: 3, topicLength: 5 });
    const ann = broker.join(5, 'a', '$share/g/a', '$share/long name/a', '$share/g/b', '$share/g/too long');
    expect(ann.received.at(-1)).toMatchObject({ granted: [0, 0, 0, 0x97, 0x8f] });
    expect(unsubscribe(ann, '$share/g/a').subscribe('$share/g/b').received.at(-1)).toMatchObject({ granted: [0] });
  });

  it('MQ16, MQ25: a publisher learns whether a group has a member', () => {
    const broker = new MqttBroker();
    const ann = broker.join(5, '$share/g/a');
    expect(broker.join(5).publish('a', '1', { qos: 1 }).last).toBe('40020001');
    unsubscribe(ann, '$share/g/a');
    expect(broker.join(5).publish('a', '1', { qos: 1 }).last).toContain('10');
  });

  it('MQ24, MQ25: shares with clients of another prefix, and receives the name by which it subscribed', () => {
    const broker = new MqttBroker({ mqttPrefixes: ['p/'] });
    const [ann, bob] = [broker.join(4, '$share/g/p/a', 'a'), broker.join(5, '$share/g/a')];
    publishAll(broker.join(4), 'a', numbers(2));
    expect([ann.told.sort(), bob.told]).toEqual([['a 0', 'a 1', 'p/a 0'], ['a 1']]);
  });

  it('T10, MQ25: receives a publication that waits, in its own version', () => {
    const broker = new MqttBroker({ messageBurst: 100_000 });
    for (let n = 0; n < 300; n++) broker.join(4, 'x');
    const [ann, bob] = [broker.join(4, '$share/g/a/+'), broker.join(5, '$share/g/a/+')];
    broker.join(4).publish('x', '').publish('a/b', '1').publish('a/b', '2');
    for (let turn = 0; turn < 10; turn++) broker.advance(1);
    expect([ann.told, bob.told].sort()).toEqual([['a/b 1'], ['a/b 2']]);
  });

  it('NA14, MQ25: is in another group than a NATS queue of the same name', () => {
    const broker = new MqttBroker({ dialects: ['mqtt', 'nats'] });
    const ann = broker.join(4, '$share/q/a');
    const nats = broker.transport.connect({ path: '/nats', query: '' });
    nats.send(NATS_LINES);
    publishAll(broker.join(4), 'a', numbers(2));
    const frames = nats.received.join('').replaceAll('[binary] ', '');
    const lines = Buffer.from(frames, 'hex').toString();
    expect([ann.told.length, lines.match(/^MSG a 1 1/gm)?.length]).toEqual([2, 2]);
  });
});
