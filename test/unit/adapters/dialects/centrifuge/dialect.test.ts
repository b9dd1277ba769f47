import { describe, expect, it } from 'vitest';
import { CentrifugeDialect } from '../../../../../src/adapters/dialects/centrifuge/dialect.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

const dialect = new CentrifugeDialect({
  path: '/connection/websocket',
  prefixes: [],
  pingInterval: 30_000,
  topicsPerConnection: 100,
  presenceMembers: 10,
  presenceBytes: 100,
});

describe('the Centrifuge dialect', () => {
  it('CF1: is served at its path, with or without a trailing slash', () =>
    expect(
      ['/connection/websocket', '/connection/websocket/', '/connection', '/'].map((path) => dialect.servesWebSocketAt(path)),
    ).toEqual([true, true, false, false]));

  it('CF1: grants JSON, and no other encoding', () => {
    const granted = [['centrifuge-protobuf', 'centrifuge-json'], ['centrifuge-protobuf'], []].map((offered) =>
      dialect.subprotocol(offered),
    );
    expect(granted).toEqual(['centrifuge-json', undefined, undefined]);
  });

  it('CF1: the key of the query selects the realm', () => {
    expect(dialect.connectRequest('key=a')).toEqual({ as: 'newcomer', key: 'a' });
    expect(dialect.connectRequest('')).toEqual({ as: 'newcomer', key: undefined });
  });

  it('CF1: has no transports over HTTP', () => {
    const broker = new TestBroker({ dialects: ['centrifuge'] });
    expect(broker.transport.http('GET', '/connection/http_stream').status).toBe(404);
    expect(broker.transport.http('GET', '/connection/websocket').status).toBe(426);
    expect(new TestBroker().transport.connect({ path: '/connection/websocket' }).refusal?.status).toBe(404);
  });

  it('W2: conversations without prefixes share their voice, and others do not', () => {
    const prefixed = new CentrifugeDialect({
      path: '/',
      prefixes: ['a:'],
      pingInterval: 1,
      topicsPerConnection: 100,
      presenceMembers: 10,
      presenceBytes: 100,
    });
    expect(dialect.converse().voice).toBe(dialect.converse().voice);
    expect(prefixed.converse().voice).not.toBe(prefixed.converse().voice);
  });
});
