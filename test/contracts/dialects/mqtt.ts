import { generate, type Packet } from 'mqtt-packet';
import { MqttDialect } from '../../../src/adapters/dialects/mqtt/dialect.ts';
import type { StatefulDialectSubject } from '../../../src/contracts/dialects/subject.ts';

const CONNECT: Packet = { cmd: 'connect', clientId: 'ann', keepalive: 60, clean: true, protocolId: 'MQTT', protocolVersion: 4 };

function frames(protocolVersion: 4 | 5, ...packets: readonly Packet[]): Uint8Array[] {
  return packets.map((packet) => Uint8Array.from(generate(packet, { protocolVersion })));
}

const WILL = { topic: 'peerix:house', payload: Buffer.from('gone'), qos: 1, retain: true } as const;

const SCRIPTS: StatefulDialectSubject['scripts'] = [
  frames(
    4,
    { ...CONNECT, will: WILL },
    { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'garden', qos: 0 }] },
    { cmd: 'publish', topic: 'garden', payload: 'hello', qos: 1, messageId: 2, dup: false, retain: false },
    { cmd: 'publish', topic: 'peerix:garden', payload: Buffer.from([0, 255]), qos: 2, messageId: 3, dup: false, retain: true },
    { cmd: 'pubrel', messageId: 3 },
    { cmd: 'pingreq' },
    { cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['garden'] },
    { cmd: 'disconnect' },
  ),
  frames(
    5,
    {
      ...CONNECT,
      clientId: '',
      protocolVersion: 5,
      username: 'ann',
      password: Buffer.from('a.b.c'),
      properties: { sessionExpiryInterval: 60 },
    },
    { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'peerix:+/#', qos: 2, nl: true, rap: false, rh: 0 }] },
    {
      ...{ cmd: 'publish', topic: 'garden', payload: 'hello', qos: 0, dup: false, retain: false },
      properties: { contentType: 'text/plain', userProperties: { a: ['1', '2'] } },
    },
    { cmd: 'publish', topic: '$SYS/x', payload: 'hello', qos: 1, messageId: 9, dup: false, retain: false },
    { cmd: 'disconnect', reasonCode: 4 },
  ),
  frames(5, { ...CONNECT, protocolVersion: 5, properties: { maximumPacketSize: 100 } }, { cmd: 'pingreq' }),
];

/** @param prefixes MQ24. */
export function mqttSubject(prefixes: readonly string[]): StatefulDialectSubject {
  return {
    make: () =>
      new MqttDialect({ path: '/mqtt', prefixes, aliveTimeout: 60_000, topicsPerConnection: 100, retainedMessages: 10 }),
    paths: ['/mqtt', '/mqtt/', '/'],
    queries: ['', 'key=peerjs', 'key=', 'format=json'],
    payloads: 'text',
    scripts: SCRIPTS,
    isStream: true,
    subprotocols: ['mqtt', 'mqttv3.1'],
  };
}
