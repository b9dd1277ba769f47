import { describe, expect, it } from 'vitest';
import { FragileEngine } from '../../support/fragile-engine.ts';
import { House } from '../../support/house.ts';

const asks = (house: House, path: string, method = 'GET') => {
  const { status, body } = house.transport.http(method, path);
  return [status, body];
};

describe('probes', () => {
  it('a process that runs is healthy, and ready for visitors', () => {
    const house = new House();
    expect(asks(house, '/healthz')).toEqual([200, 'ok\n']);
    expect(asks(house, '/readyz')).toEqual([200, 'ready\n']);
  });

  it('one that drains is healthy, but not ready', async () => {
    const house = new House({ drainSpread: 1_000 });
    house.opens('ann');
    house.opens('bob');
    const closing = house.broker.close();
    expect([asks(house, '/healthz')[0], asks(house, '/readyz')]).toEqual([200, [503, 'draining\n']]);
    house.passes(1_000);
    await Promise.resolve();
    house.passes(0);
    await closing;
  });

  it('so is one that is cut off from its cluster', () => {
    const engine = new FragileEngine();
    const house = new House({}, { engine });
    engine.isReached = false;
    expect(asks(house, '/readyz')).toEqual([503, 'the engine of the cluster is out of reach\n']);
    engine.isReached = true;
    expect(asks(house, '/readyz')[0]).toBe(200);
  });

  it('H11: are not bounded, and are not there for other methods and paths', () => {
    const house = new House({ httpRateLimit: 1, httpRateWindow: 1_000 });
    for (let n = 0; n < 5; n++) expect(asks(house, '/healthz')[0]).toBe(200);
    expect(asks(house, '/healthz', 'POST')[0]).toBe(404);
    expect(asks(house, '/healthz/')[0]).toBe(429);
  });
});
