import { describe, expect, it } from 'vitest';
import { TestBroker, pair } from '../../../support/test-broker.ts';

describe('drainNode', () => {
  it('closes every peer with 1012, and stops when they are closed', async () => {
    const { broker, ann, bob } = pair();
    const closing = broker.broker.close();
    broker.advance(0);
    await closing;
    expect([ann.closeCode, bob.closeCode, broker.events.at(-1)]).toEqual([1012, 1012, { event: 'stopped', cut: 0 }]);
  });

  it('stops at once without connections', async () => {
    const broker = new TestBroker();
    await Promise.resolve();
    await broker.broker.close();
    expect(broker.eventNames).toEqual(['listening', 'draining', 'stopped']);
  });

  it('spreads the closing over time if configured to, and relays for the remaining peers', async () => {
    const broker = new TestBroker({ drainSpread: 1_000 });
    const peers = Array.from({ length: 40 }, (_, n) => broker.connectPeer(`peer ${n}`));
    const closedCount = (): number => peers.filter(({ closeCode }) => closeCode === 1012).length;
    const closing = broker.broker.close();
    expect([closedCount(), broker.connectPeer('late').client.state]).toEqual([2, 'refused']);
    broker.advance(500);
    expect(closedCount()).toBe(22);
    peers[39]?.sendOffer('peer 38', 1);
    expect(peers[38]?.received).toHaveLength(1);
    broker.advance(450);
    expect(closedCount()).toBe(40);
    await Promise.resolve();
    broker.advance(0);
    await closing;
    expect(broker.eventNames.at(-1)).toBe('stopped');
  });

  it('waits for open connections until the timeout, then cuts them', async () => {
    const { broker, ann } = pair({ drainTimeout: 10_000 });
    ann.client.stopReading();
    const closing = broker.broker.close();
    broker.advance(9_999);
    expect(broker.eventNames).not.toContain('stopped');
    broker.advance(1);
    await closing;
    expect(broker.eventNames.at(-1)).toBe('stopped');
  });
});
