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
  expect(introduction(client, 60_000)).toMatchObject({ request: { as: 'guest', clientId: 'a', token: 'secret' } });
  expect(introduction({ ...client, clientId: '', password: undefined }, 60_000)).toMatchObject({
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

it.each([
  { version: 4, keepAlive: 10, allows: 15_000 },
  { version: 4, keepAlive: 600, allows: 900_000 },
  { version: 4, keepAlive: 0, allows: undefined },
  { version: 5, keepAlive: 10, allows: 15_000 },
  { version: 5, keepAlive: 600, allows: 60_000 },
  { version: 5, keepAlive: 0, allows: 60_000 },
] as const)(
  'MQ10: version $version with keep alive $keepAlive may be silent for $allows ms',
  ({ version, keepAlive, allows }) => {
    const client = { ...CLIENT, version, keepAlive, isClean: true, will: undefined, password: undefined, hasMethod: false };
    const { request } = introduction(client, 60_000) as { readonly request: { readonly maxSilence?: number } };
    expect(request.maxSilence).toBe(allows);
  },
);
