import { describe, expect, it } from 'vitest';
import { House, pair } from '../../../support/house.ts';

describe('drainNode', () => {
  it('closes every peer 1012 and stops when they have gone', async () => {
    const { house, ann, bob } = pair();
    const closing = house.broker.close();
    house.passes(0);
    await closing;
    expect([ann.closedWith, bob.closedWith, house.events.at(-1)]).toEqual([1012, 1012, { event: 'stopped', cut: 0 }]);
  });

  it('stops at once when nobody is there', async () => {
    const house = new House();
    await Promise.resolve();
    await house.broker.close();
    expect(house.told).toEqual(['listening', 'draining', 'stopped']);
  });

  it('spreads its goodbyes, where it is told to; who stays meanwhile hears and is heard', async () => {
    const house = new House({ drainSpread: 1_000 });
    const peers = Array.from({ length: 40 }, (_, n) => house.opens(`peer ${n}`));
    const gone = (): number => peers.filter(({ closedWith }) => closedWith === 1012).length;
    const closing = house.broker.close();
    expect([gone(), house.opens('late').far.state]).toEqual([2, 'refused']);
    house.passes(500);
    expect(gone()).toBe(22);
    peers[39]?.offers('peer 38', 1);
    expect(peers[38]?.heard).toHaveLength(1);
    house.passes(450);
    expect(gone()).toBe(40);
    await Promise.resolve();
    house.passes(0);
    await closing;
    expect(house.told.at(-1)).toBe('stopped');
  });

  it('waits for those who do not go until the deadline, then cuts them', async () => {
    const { house, ann } = pair({ drainTimeout: 10_000 });
    ann.far.stopReading();
    const closing = house.broker.close();
    house.passes(9_999);
    expect(house.told).not.toContain('stopped');
    house.passes(1);
    await closing;
    expect(house.told.at(-1)).toBe('stopped');
  });
});
