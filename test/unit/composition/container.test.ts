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

describe('buildBroker', () => {
  it('O2: creates a realm for each key', () => {
    const { connect } = built({ keys: ['red', 'blue'] });
    const heard = ['red', 'blue', 'green'].map((key) => connect(`key=${key}&id=ann&token=t`).received[0]);
    expect(heard).toEqual(['{"type":"OPEN"}', '{"type":"OPEN"}', expect.stringContaining('Invalid key provided')]);
  });

  it('O6: applies the limits of the configuration to the realms', () => {
    const { connect } = built({ concurrentLimit: 1 });
    connect('key=peerjs&id=ann&token=t');
    expect(connect('key=peerjs&id=bob&token=t').closed?.code).toBe(1013);
  });

  it('H10: takes client addresses from trusted proxies only', () => {
    const trusted = built({ proxied: 1, maxConnectionsPerAddress: 1 });
    expect(trusted.connect('key=peerjs&id=ann&token=t', '192.0.2.7').state).toBe('open');
    expect(trusted.connect('key=peerjs&id=bob&token=t', '192.0.2.8').state).toBe('open');
    const untrusted = built({ maxConnectionsPerAddress: 1 });
    untrusted.connect('key=peerjs&id=ann&token=t', '192.0.2.7');
    expect(untrusted.connect('key=peerjs&id=bob&token=t', '192.0.2.8').refusal?.status).toBe(429);
  });

  it('H4, H9: serves discovery if it is allowed, within the rate limit', () => {
    const { transport } = built({ allowDiscovery: true, httpRateLimit: 1 });
    expect(transport.http('GET', '/peerjs/peers').body).toBe('[]');
    expect(transport.http('GET', '/peerjs/peers').status).toBe(429);
  });
});
