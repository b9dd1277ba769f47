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

  it('L5: a peer that sends nothing, as in a hidden tab, stays as long as it answers pings and sends something at times', () => {
    const { house, ann, bob } = pair({ aliveTimeout: 60_000 });
    bob.far.answersPings = false;
    for (let minute = 0; minute < 5; minute++) {
      for (let second = 0; second < 60; second++) house.passes(1_000);
      ann.says({ type: 'HEARTBEAT' });
    }
    expect([ann.far.state, bob.closedWith]).toEqual(['open', 4002]);
  });

  it('L5: a peer that only answers pings is closed before twice its time is over', () => {
    const { house, ann } = pair({ aliveTimeout: 60_000 });
    for (let second = 0; second < 89; second++) house.passes(1_000);
    expect(ann.far.state).toBe('open');
    for (let second = 89; second < 121; second++) house.passes(1_000);
    expect(ann.closedWith).toBe(4002);
  });

  it.each([20_000, 3_600_000])(
    'L6: after a standstill of %i ms peers and mail are judged when what waits has been read',
    (span) => {
      const { house, ann, bob } = pair({ aliveTimeout: 6_000, expireTimeout: 5_000 });
      bob.far.answersPings = false;
      ann.offers('eve', 'come back');
      house.passes(2_500);
      house.clock.standsStill(span);
      house.passes(0);
      ann.says({ type: 'HEARTBEAT' });
      expect(house.opens('eve').heard).toMatchObject([{ payload: 'come back' }]);
      house.passes(2_900);
      expect([ann.far.state, bob.far.state]).toEqual(['open', 'open']);
      ann.says({ type: 'HEARTBEAT' });
      house.passes(4_000);
      expect([ann.far.state, bob.closedWith]).toEqual(['open', 4002]);
      expect(house.events).toContainEqual(expect.objectContaining({ event: 'stood-still' }));
    },
  );

  it('L1: sleeps when nobody is left', () => {
    const { house } = pair({ aliveTimeout: 10_000 });
    house.passes(21_000);
    expect(house.clock.nextWakeup()).toBe(NEVER);
  });
});
