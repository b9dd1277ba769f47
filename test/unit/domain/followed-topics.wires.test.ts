import { describe, expect, it } from 'vitest';
import { CentrifugeClient } from '../../support/centrifuge-broker.ts';
import { MqttClient } from '../../support/mqtt-broker.ts';
import { NatsClient } from '../../support/nats-broker.ts';
import { SupabaseClient } from '../../support/supabase-broker.ts';
import { TestBroker } from '../../support/test-broker.ts';

const DIALECTS = ['mercure', 'centrifuge', 'nats', 'supabase', 'mqtt'] as const;
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' };

/** A subscriber on each wire. @returns reads the messages of all. */
function subscribers(broker: TestBroker, topic: string): () => unknown[] {
  const { transport } = broker;
  const open = (path: string, query = ''): ReturnType<typeof transport.connect> => transport.connect({ path, query });
  const centrifuge = new CentrifugeClient(open('/connection/websocket')).connect().subscribe(topic);
  const supabase = new SupabaseClient(open('/realtime/v1/websocket', 'apikey=anon')).join(topic);
  const nats = new NatsClient(open('/nats')).connect().send(`SUB ${topic} 1`);
  const mqtt = new MqttClient(open('/mqtt'), 4).connect({ clientId: topic }).subscribe(topic);
  return () => [centrifuge.pushes, supabase.broadcasts, nats.received, mqtt.told];
}

const receivedOn = (topic: string): unknown[] => [
  [[topic, [1, 2]]],
  [[`realtime:${topic}`, 'message', [topic, [1, 2]]]],
  `MSG ${topic} 1 2\r\n\u0001\u0002\r\n`,
  [`${topic} \u0001\u0002`],
];

describe('an update of Mercure with several topics', () => {
  it.each([
    ['', false],
    [', also while patterns are matched', true],
  ])('T3: arrives on each wire under the topic that its subscriber follows%s', (_, hasPattern) => {
    const broker = new TestBroker({ dialects: DIALECTS, mercureOpen: true });
    const received = ['a', 'b', 'c'].map((topic) => subscribers(broker, topic));
    if (hasPattern) new NatsClient(broker.transport.connect({ path: '/nats', query: '' })).connect().send('SUB x.> 1');
    const body = new URLSearchParams([
      ['topic', 'a'],
      ['topic', 'b'],
      ['topic', 'c'],
      ['data', 'AQI='],
    ]).toString();
    broker.transport.request('POST', '/.well-known/mercure', { body, headers: HEADERS });
    broker.transport.settle();
    expect(received.map((read) => read())).toEqual(['a', 'b', 'c'].map(receivedOn));
  });
});
