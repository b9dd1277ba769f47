import { describe, expect, it } from 'vitest';
import { NatsDialect } from '../../../../../src/adapters/dialects/nats/dialect.ts';

const SETTINGS = { path: '/nats', prefixes: [], topicsPerConnection: 100, version: '0.1.0', needsToken: false };

function maxPayload(maxMessageBytes: number): unknown {
  const info = Buffer.from(new NatsDialect(SETTINGS).converse({ maxMessageBytes }).streamPreamble() ?? []).toString();
  return (JSON.parse(info.slice('INFO '.length)) as { readonly max_payload: unknown }).max_payload;
}

describe('NatsDialect', () => {
  it('NA1: serves WebSockets at its path, with or without a slash, and no HTTP', () => {
    const dialect = new NatsDialect(SETTINGS);
    expect(['/nats', '/nats/', '/', '/nats/x'].map((path) => dialect.servesWebSocketAt(path))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([dialect.route(), dialect.httpResponse().status]).toEqual([undefined, 404]);
  });

  it('NA1, W3: reads the key of the URL', () => {
    const dialect = new NatsDialect(SETTINGS);
    expect([dialect.connectRequest('key=a'), dialect.connectRequest('')]).toEqual([
      { as: 'newcomer', key: 'a' },
      { as: 'newcomer', key: undefined },
    ]);
  });

  it('NA2, NA8: leaves room in a frame for a line and for earlier messages', () => {
    expect([maxPayload(2 ** 20), maxPayload(65_536), maxPayload(400)]).toEqual([2 ** 20 - 40 * 1024, 32_768, 200]);
  });
});
