import { describe, expect, it } from 'vitest';
import { NEVER } from '../../../../src/domain/time.ts';
import { House, pair } from '../../../support/house.ts';

describe('sweepExpired', () => {
  it('M14, M15: tells those who are there, in every realm', () => {
    const house = new House({ keys: ['red', 'blue'], expireTimeout: 5_000 });
    const [ann, bob, eve] = [
      house.opens('ann', { key: 'red' }),
      house.opens('bob', { key: 'blue' }),
      house.opens('eve', { key: 'red' }),
    ];
    for (const peer of [ann, bob, eve]) peer.offers('nobody');
    eve.far.cut();
    house.passes(6_000);
    const expire = (dst: string) => [{ type: 'EXPIRE', src: 'nobody', dst }];
    expect([ann.heard, bob.heard]).toEqual([expire('ann'), expire('bob')]);
  });

  it('L1: sleeps when nobody is left', () => {
    const { house } = pair({ aliveTimeout: 10_000 });
    house.passes(11_000);
    expect(house.clock.nextWakeup()).toBe(NEVER);
  });
});
