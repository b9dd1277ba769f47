import { describe, expect, it } from 'vitest';
import { NEVER } from '../../../../src/domain/time.ts';
import { TestBroker, pair } from '../../../support/test-broker.ts';

describe('sweepExpired', () => {
  it('M14, M15: tells those who are there, in every realm', () => {
    const house = new TestBroker({ keys: ['red', 'blue'], expireTimeout: 5_000 });
    const [ann, bob, eve] = [
      house.connectPeer('ann', { key: 'red' }),
      house.connectPeer('bob', { key: 'blue' }),
      house.connectPeer('eve', { key: 'red' }),
    ];
    for (const peer of [ann, bob, eve]) peer.sendOffer('nobody');
    eve.client.cut();
    house.advance(6_000);
    const expire = (dst: string) => [{ type: 'EXPIRE', src: 'nobody', dst }];
    expect([ann.received, bob.received]).toEqual([expire('ann'), expire('bob')]);
  });

  it('L5: a peer that sends nothing, as in a hidden tab, stays as long as it answers pings and sends something at times', () => {
    const { house, ann, bob } = pair({ aliveTimeout: 60_000 });
    bob.client.answersPings = false;
    for (let minute = 0; minute < 5; minute++) {
      for (let second = 0; second < 60; second++) house.advance(1_000);
      ann.send({ type: 'HEARTBEAT' });
    }
    expect([ann.client.state, bob.closeCode]).toEqual(['open', 4002]);
  });

  it('L5: a peer that only answers pings is closed before twice its time is over', () => {
    const { house, ann } = pair({ aliveTimeout: 60_000 });
    for (let second = 0; second < 89; second++) house.advance(1_000);
    expect(ann.client.state).toBe('open');
    for (let second = 89; second < 121; second++) house.advance(1_000);
    expect(ann.closeCode).toBe(4002);
  });

  it.each([20_000, 3_600_000])(
    'L6: after a standstill of %i ms peers and mail are judged when what waits has been read',
    (span) => {
      const { house, ann, bob } = pair({ aliveTimeout: 6_000, expireTimeout: 5_000 });
      bob.client.answersPings = false;
      ann.sendOffer('eve', 'come back');
      house.advance(2_500);
      house.clock.advanceWithoutWaking(span);
      house.advance(0);
      ann.send({ type: 'HEARTBEAT' });
      expect(house.connectPeer('eve').received).toMatchObject([{ payload: 'come back' }]);
      house.advance(2_900);
      expect([ann.client.state, bob.client.state]).toEqual(['open', 'open']);
      ann.send({ type: 'HEARTBEAT' });
      house.advance(4_000);
      expect([ann.client.state, bob.closeCode]).toEqual(['open', 4002]);
      expect(house.events).toContainEqual(expect.objectContaining({ event: 'stood-still' }));
    },
  );

  it('L1: sleeps when nobody is left', () => {
    const { house } = pair({ aliveTimeout: 10_000 });
    house.advance(21_000);
    expect(house.clock.nextWakeup()).toBe(NEVER);
  });
});
