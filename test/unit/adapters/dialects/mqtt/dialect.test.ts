import { expect, it } from 'vitest';
import { MqttDialect } from '../../../../../src/adapters/dialects/mqtt/dialect.ts';

const dialect = new MqttDialect({
  ...{ path: '/mqtt', prefixes: [], aliveTimeout: 60_000, topicsPerConnection: 2, retainedMessages: 1 },
});

it('MQ1: serves WebSockets on its path, with or without a slash, and no HTTP', () => {
  expect(['/mqtt', '/mqtt/', '/mqtt/x', '/'].filter((path) => dialect.servesWebSocketAt(path))).toEqual(['/mqtt', '/mqtt/']);
  expect([dialect.route(), dialect.httpResponse().status]).toEqual([undefined, 404]);
});

it('MQ1, W7: grants the subprotocols of MQTT only', () => {
  const offers = [['mqtt'], ['x', 'mqtt'], ['mqttv3.1'], ['x'], []];
  expect(offers.map((offered) => dialect.subprotocol(offered))).toEqual(['mqtt', 'mqtt', 'mqttv3.1', undefined, undefined]);
});

it('W3: reads the realm from the query, and nothing else', () => {
  expect(dialect.connectRequest('key=blue&token=x')).toEqual({ as: 'newcomer', key: 'blue' });
  expect(dialect.connectRequest('')).toEqual({ as: 'newcomer', key: undefined });
});
