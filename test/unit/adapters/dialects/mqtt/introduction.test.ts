import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { connack, introduction, readClient, versionOf } from '../../../../../src/adapters/dialects/mqtt/introduction.ts';
import { PacketStream } from '../../../../../src/adapters/dialects/mqtt/packet-stream.ts';
import { packetsIn } from '../../../../support/mqtt-broker.ts';

const FACTS = { id: 'id1', maxPacketBytes: 1_000, aliveTimeout: 60_000, keepsRetained: true };
const CLIENT = { version: 5, clientId: 'a', keepAlive: 40, keepsSubscriptions: false, maxPacketBytes: undefined } as const;

function read(fields: object): ReturnType<typeof readClient> {
  const packet = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'a', keepalive: 9, ...fields };
  const stream = new PacketStream(10_000);
  stream.begin(generate(packet as never));
  const raw = stream.next();
  return typeof raw === 'object' ? readClient(raw) : undefined;
}

it('MQ4, MQ8: the client id and the password introduce a client', () => {
  const client = read({ username: 'u', password: Buffer.from('secret') });
  if (client === undefined || client instanceof Uint8Array) throw new Error('the client is refused');
  expect(introduction(client)).toMatchObject({ request: { as: 'guest', clientId: 'a', token: 'secret' } });
  expect(introduction({ ...client, clientId: '', password: undefined })).toMatchObject({
    request: { clientId: undefined, token: undefined },
  });
  expect([versionOf(client), versionOf(undefined)]).toEqual([4, 4]);
});

it('MQ9: CONNACK of version 5.0 has only what differs from the defaults', () => {
  const properties = (client: object, facts = {}): object => {
    const [packet] = packetsIn(connack({ ...CLIENT, ...client }, { ...FACTS, ...facts }), 5);
    return (packet as { properties: object }).properties;
  };
  const always = { maximumPacketSize: 1_000, subscriptionIdentifiersAvailable: false };
  expect({ ...properties({}) }).toEqual(always);
  expect({ ...properties({ keepAlive: 0, clientId: '', keepsSubscriptions: true }, { keepsRetained: false }) }).toEqual({
    ...always,
    ...{ serverKeepAlive: 40, assignedClientIdentifier: 'id1', sessionExpiryInterval: 0, retainAvailable: false },
  });
  expect({ ...properties({ keepAlive: 2 }, { aliveTimeout: 1_000 }) }).toMatchObject({ serverKeepAlive: 1 });
  expect(Buffer.from(connack({ ...CLIENT, version: 4 }, FACTS)).toString('hex')).toBe('20020000');
});
