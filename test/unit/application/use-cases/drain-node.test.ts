import { describe, expect, it } from 'vitest';
import { TestBroker, pair } from '../../../support/test-broker.ts';

describe('drainNode', () => {
  it('closes every peer 1012 and stops when they have gone', async () => {
    const { house, ann, bob } = pair();
    const closing = house.broker.close();
    house.advance(0);
    await closing;
    expect([ann.closeCode, bob.closeCode, house.events.at(-1)]).toEqual([1012, 1012, { event: 'stopped', cut: 0 }]);
  });

  it('stops at once when nobody is there', async () => {
    const house = new TestBroker();
    await Promise.resolve();
    await house.broker.close();
    expect(house.eventNames).toEqual(['listening', 'draining', 'stopped']);
  });

  it('spreads its goodbyes, where it is told to; who stays meanwhile hears and is heard', async () => {
    const house = new TestBroker({ drainSpread: 1_000 });
    const peers = Array.from({ length: 40 }, (_, n) => house.connectPeer(`peer ${n}`));
    const gone = (): number => peers.filter(({ closeCode }) => closeCode === 1012).length;
    const closing = house.broker.close();
    expect([gone(), house.connectPeer('late').client.state]).toEqual([2, 'refused']);
    house.advance(500);
    expect(gone()).toBe(22);
    peers[39]?.sendOffer('peer 38', 1);
    expect(peers[38]?.received).toHaveLength(1);
    house.advance(450);
    expect(gone()).toBe(40);
    await Promise.resolve();
    house.advance(0);
    await closing;
    expect(house.eventNames.at(-1)).toBe('stopped');
  });

  it('waits for those who do not go until the deadline, then cuts them', async () => {
    const { house, ann } = pair({ drainTimeout: 10_000 });
    ann.client.stopReading();
    const closing = house.broker.close();
    house.advance(9_999);
    expect(house.eventNames).not.toContain('stopped');
    house.advance(1);
    await closing;
    expect(house.eventNames.at(-1)).toBe('stopped');
  });
});
