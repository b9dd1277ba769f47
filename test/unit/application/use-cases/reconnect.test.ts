import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/house.ts';

describe('reconnect', () => {
  it('O5: the new socket hears OPEN, the old one is closed 4001', () => {
    const { house, ann } = pair();
    const again = house.opens('ann');
    expect([again.far.heard, ann.closedWith]).toEqual([['{"type":"OPEN"}'], 4001]);
  });

  it('O5, M17: messages go to the new socket, in order', () => {
    const { house, ann, bob } = pair();
    bob.offers('ann', 1);
    const again = house.opens('ann');
    bob.offers('ann', 2);
    expect([ann.heard.length, again.heard.length]).toEqual([1, 1]);
  });

  it('O6: a reconnect is never refused for the limit', () => {
    const { house } = pair({ concurrentLimit: 2 });
    expect(house.opens('ann').far.state).toBe('open');
  });
});
