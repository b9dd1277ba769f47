import { describe, expect, it } from 'vitest';
import { UnreachableEngine } from '../../support/unreachable-engine.ts';
import { TestBroker } from '../../support/test-broker.ts';

const asks = (house: TestBroker, path: string, method = 'GET') => {
  const { status, body } = house.transport.http(method, path);
  return [status, body];
};

describe('probes', () => {
  it('a process that runs is healthy, and ready for visitors', () => {
    const house = new TestBroker();
    expect(asks(house, '/healthz')).toEqual([200, 'ok\n']);
    expect(asks(house, '/readyz')).toEqual([200, 'ready\n']);
  });

  it('one that drains is healthy, but not ready', async () => {
    const house = new TestBroker({ drainSpread: 1_000 });
    house.connectPeer('ann');
    house.connectPeer('bob');
    const closing = house.broker.close();
    expect([asks(house, '/healthz')[0], asks(house, '/readyz')]).toEqual([200, [503, 'draining\n']]);
    house.advance(1_000);
    await Promise.resolve();
    house.advance(0);
    await closing;
  });

  it('so is one that is cut off from its cluster', () => {
    const engine = new UnreachableEngine();
    const house = new TestBroker({}, { engine });
    engine.isReachable = false;
    expect(asks(house, '/readyz')).toEqual([503, 'the engine of the cluster is out of reach\n']);
    engine.isReachable = true;
    expect(asks(house, '/readyz')[0]).toBe(200);
  });

  it('H11: are not bounded, and are not there for other methods and paths', () => {
    const house = new TestBroker({ httpRateLimit: 1, httpRateWindow: 1_000 });
    for (let n = 0; n < 5; n++) expect(asks(house, '/healthz')[0]).toBe(200);
    expect(asks(house, '/healthz', 'POST')[0]).toBe(404);
    expect(asks(house, '/healthz/')[0]).toBe(429);
  });
});
