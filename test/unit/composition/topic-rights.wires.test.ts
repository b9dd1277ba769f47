import { describe, expect, it } from 'vitest';
import { CentrifugeClient } from '../../support/centrifuge-broker.ts';
import { MqttClient } from '../../support/mqtt-broker.ts';
import { NatsClient } from '../../support/nats-broker.ts';
import { SupabaseClient } from '../../support/supabase-broker.ts';
import { TestBroker } from '../../support/test-broker.ts';
import { hmacToken, SECRET } from '../../support/tokens.ts';

const CONFIG = {
  dialects: ['mercure', 'centrifuge', 'nats', 'supabase', 'mqtt'],
  ...{ mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET },
} as const;
const token = (topic: string): string => hmacToken({ mercure: { publish: [topic], subscribe: [topic] } });

/** A client that subscribes to the topics `garden` and `house`. */
interface Subscriber {
  readonly received: () => string;
  readonly publish: (topic: string) => void;
  readonly closeCode: () => number | undefined;
}

function centrifuge(broker: TestBroker, given?: string): Subscriber {
  const client = new CentrifugeClient(broker.transport.connect({ path: '/connection/websocket', query: '' }));
  client.connect(given).subscribe('garden', 'house');
  return {
    received: () => client.pushes.map(([channel]) => channel).join(),
    publish: (topic) => void client.publish(topic, [1]),
    closeCode: () => client.closeCode,
  };
}

function nats(broker: TestBroker, given?: string): Subscriber {
  const client = new NatsClient(broker.transport.connect({ path: '/nats', query: '' }));
  client.connect({ ...(given !== undefined && { auth_token: given }), echo: false }).send('SUB garden 1', 'SUB house 2');
  return {
    received: () => Array.from(client.received.matchAll(/^MSG (?<subject>\w+)/gm), ([, subject]) => subject).join(),
    publish: (topic) => void client.publish(topic, '\u0001'),
    closeCode: () => client.closeCode,
  };
}

function supabase(broker: TestBroker, given?: string): Subscriber {
  const client = new SupabaseClient(broker.transport.connect({ path: '/realtime/v1/websocket', query: 'apikey=anon' }));
  for (const name of ['garden', 'house']) client.join(name, { private: true }, given);
  return {
    received: () => client.broadcasts.map(([channel]) => channel.replace('realtime:', '')).join(),
    publish: (topic) => void client.broadcast('garden', 'message', [topic, [1]]),
    closeCode: () => client.closeCode,
  };
}

function mqtt(broker: TestBroker, given?: string): Subscriber {
  const client = new MqttClient(broker.transport.connect({ path: '/mqtt', query: '' }), 5);
  client
    .connect({ clientId: '', ...(given !== undefined && { username: 'x', password: Buffer.from(given) }) })
    .subscribe('garden', 'house');
  return {
    received: () => client.told.map((text) => text.split(' ')[0]).join(),
    publish: (topic) => void client.publish(topic, Buffer.of(1)),
    closeCode: () => client.closeCode,
  };
}

const WIRES = [
  { wire: 'Centrifuge', rule: 'CF11', open: centrifuge },
  { wire: 'NATS', rule: 'NA5', open: nats },
  { wire: 'Supabase', rule: 'SB12', open: supabase },
  { wire: 'MQTT', rule: 'MQ4', open: mqtt },
];

describe.each(WIRES)('$rule, MER7: the rights of a token of Mercure on $wire', ({ open }) => {
  const update = (broker: TestBroker, topic: string): void => {
    const body = new URLSearchParams({ topic, data: 'AQ==', private: 'on' }).toString();
    const headers = { authorization: `Bearer ${token('*')}`, 'content-type': 'application/x-www-form-urlencoded' };
    const exchange = broker.transport.request('POST', '/.well-known/mercure', { body, headers });
    broker.transport.settle();
    expect(exchange.answered?.status).toBe(200);
  };

  it('refuses a client without a token', () => {
    expect(open(new TestBroker(CONFIG)).closeCode()).toBeTypeOf('number');
  });

  it('sends private updates of its topics only', () => {
    const broker = new TestBroker(CONFIG);
    const [ann, all] = [open(broker, token('garden')), open(broker, token('*'))];
    for (const topic of ['house', 'garden']) update(broker, topic);
    expect([ann.received(), all.received()]).toEqual(['garden', 'house,garden']);
  });

  it.each(WIRES)('publishes to its topics only, as a client of $wire sees', ({ open: openOther }) => {
    const broker = new TestBroker(CONFIG);
    const [ann, all] = [open(broker, token('garden')), openOther(broker, token('*'))];
    for (const topic of ['house', 'garden']) ann.publish(topic);
    expect(all.received()).toBe('garden');
  });
});
