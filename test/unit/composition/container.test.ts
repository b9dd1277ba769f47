import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { RandomPeerIds } from '../../../src/adapters/peer-ids/random.ts';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import { defaultConfig, type Config } from '../../../src/composition/configuration/config.ts';
import { buildBroker } from '../../../src/composition/container.ts';

function built(config: Partial<Config>) {
  const transport = new MemoryTransport();
  const broker = buildBroker(
    { ...defaultConfig(), ...config },
    {
      transport,
      clock: new ManualClock(),
      log: { record: () => undefined },
      telemetry: new MemoryTelemetry(),
      tap: { isEnabled: false, received: () => undefined, sent: () => undefined },
      peerIds: new RandomPeerIds(),
      origins: { allow: 'echoed' },
    },
  );
  void broker.listen();
  const connect = (query: string, forwarded?: string) =>
    transport.connect({
      path: '/peerjs',
      query,
      ...(forwarded === undefined ? {} : { headers: { 'x-forwarded-for': forwarded } }),
    });
  return { transport, connect };
}

describe('a broker, built from a configuration', () => {
  it('O2: has a realm for each key', () => {
    const { connect } = built({ keys: ['red', 'blue'] });
    const heard = ['red', 'blue', 'green'].map((key) => connect(`key=${key}&id=ann&token=t`).received[0]);
    expect(heard).toEqual(['{"type":"OPEN"}', '{"type":"OPEN"}', expect.stringContaining('Invalid key provided')]);
  });

  it('O6: gives its realms the limits of the configuration', () => {
    const { connect } = built({ concurrentLimit: 1 });
    connect('key=peerjs&id=ann&token=t');
    expect(connect('key=peerjs&id=bob&token=t').closed?.code).toBe(1013);
  });

  it('H10: counts the addresses that a trusted proxy tells, and only a trusted one', () => {
    const trusting = built({ proxied: 1, maxConnectionsPerAddress: 1 });
    expect(trusting.connect('key=peerjs&id=ann&token=t', '192.0.2.7').state).toBe('open');
    expect(trusting.connect('key=peerjs&id=bob&token=t', '192.0.2.8').state).toBe('open');
    const wary = built({ maxConnectionsPerAddress: 1 });
    wary.connect('key=peerjs&id=ann&token=t', '192.0.2.7');
    expect(wary.connect('key=peerjs&id=bob&token=t', '192.0.2.8').refusal?.status).toBe(429);
  });

  it('H4: serves discovery where it is allowed, and H9 counts requests', () => {
    const { transport } = built({ allowDiscovery: true, httpRateLimit: 1 });
    expect(transport.http('GET', '/peerjs/peers').body).toBe('[]');
    expect(transport.http('GET', '/peerjs/peers').status).toBe(429);
  });
});
