import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

describe('reconnect', () => {
  it('O5: the new socket hears OPEN, the old one is closed 4001', () => {
    const { house, ann } = pair();
    const again = house.connectPeer('ann');
    expect([again.client.received, ann.closeCode]).toEqual([['{"type":"OPEN"}'], 4001]);
  });

  it('O5, M17: messages go to the new socket, in order', () => {
    const { house, ann, bob } = pair();
    bob.sendOffer('ann', 1);
    const again = house.connectPeer('ann');
    bob.sendOffer('ann', 2);
    expect([ann.received.length, again.received.length]).toEqual([1, 1]);
  });

  it('O6: a reconnect is never refused for the limit', () => {
    const { house } = pair({ concurrentLimit: 2 });
    expect(house.connectPeer('ann').client.state).toBe('open');
  });
});
