import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SlowEngine } from '../../support/slow-engine.ts';
import { UnreachableEngine } from '../../support/unreachable-engine.ts';
import { TestBroker } from '../../support/test-broker.ts';

const probe = (broker: TestBroker, path: string, method = 'GET') => {
  const { status, body } = broker.transport.http(method, path);
  return [status, body];
};

describe('Probes', () => {
  it('a running broker is healthy and ready', () => {
    const broker = new TestBroker();
    expect(probe(broker, '/healthz')).toEqual([200, 'ok\n']);
    expect(probe(broker, '/readyz')).toEqual([200, 'ready\n']);
  });

  it('a draining broker is healthy, but not ready', async () => {
    const broker = new TestBroker({ drainSpread: 1_000 });
    broker.connectPeer('ann');
    broker.connectPeer('bob');
    const closing = broker.broker.close();
    expect([probe(broker, '/healthz')[0], probe(broker, '/readyz')]).toEqual([200, [503, 'draining\n']]);
    broker.advance(1_000);
    await Promise.resolve();
    broker.advance(0);
    await closing;
  });

  it('a broker without its cluster engine is not ready', () => {
    const engine = new UnreachableEngine();
    const broker = new TestBroker({}, { engine });
    engine.isReachable = false;
    expect(probe(broker, '/readyz')).toEqual([503, 'the engine of the cluster is out of reach\n']);
    engine.isReachable = true;
    expect(probe(broker, '/readyz')[0]).toBe(200);
  });

  it('a broker whose engine leaves a renewal of the lease unanswered is not ready, long before the lease ends', () => {
    const [clock, lease] = [new ManualClock(), 30_000];
    const engine = new SlowEngine(clock, lease);
    const broker = new TestBroker({}, { engine, clock });
    clock.advance(lease / 3 - 1_000);
    engine.pause();
    clock.advance(3_000);
    expect(probe(broker, '/readyz')[0]).toBe(200);
    clock.advance(1);
    expect(probe(broker, '/readyz')).toEqual([503, 'the engine of the cluster has not renewed the lease in time\n']);
    engine.resume();
    expect(probe(broker, '/readyz')[0]).toBe(200);
  });

  it('M24: a broker whose mailbox store can not write is not ready', () => {
    let problem: string | undefined;
    const mailboxes = Object.assign(new MemoryMailboxStore(defaultConfig()), { health: () => problem });
    const broker = new TestBroker({}, { mailboxes });
    expect(probe(broker, '/readyz')).toEqual([200, 'ready\n']);
    problem = 'database or disk is full';
    expect(probe(broker, '/readyz')).toEqual([503, 'the mailbox store can not write\n']);
    problem = undefined;
    expect(probe(broker, '/readyz')[0]).toBe(200);
    expect(broker.eventNames.filter((name) => name.startsWith('mailbox'))).toEqual([
      'mailbox-store-failed',
      'mailbox-store-recovered',
    ]);
  });

  it('H11: health checks are not rate-limited, and exist for one path and method only', () => {
    const broker = new TestBroker({ httpRateLimit: 1, httpRateWindow: 1_000 });
    for (let n = 0; n < 5; n++) expect(probe(broker, '/healthz')[0]).toBe(200);
    expect(probe(broker, '/healthz', 'POST')[0]).toBe(404);
    expect(probe(broker, '/healthz/')[0]).toBe(429);
  });
});
