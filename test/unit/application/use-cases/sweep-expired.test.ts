import { describe, expect, it } from 'vitest';
import { NEVER } from '../../../../src/domain/time.ts';
import { TestBroker, pair } from '../../../support/test-broker.ts';

describe('sweepExpired', () => {
  it('M14, M15: notifies the senders that are connected, in every realm', () => {
    const broker = new TestBroker({ keys: ['red', 'blue'], expireTimeout: 5_000 });
    const [ann, bob, eve] = [
      broker.connectPeer('ann', { key: 'red' }),
      broker.connectPeer('bob', { key: 'blue' }),
      broker.connectPeer('eve', { key: 'red' }),
    ];
    for (const peer of [ann, bob, eve]) peer.sendOffer('nobody');
    eve.client.cut();
    broker.advance(6_000);
    const expire = (dst: string) => [{ type: 'EXPIRE', src: 'nobody', dst }];
    expect([ann.received, bob.received]).toEqual([expire('ann'), expire('bob')]);
  });

  it('L5: keeps a peer that answers pings and sends a message at times, as in a hidden tab', () => {
    const { broker, ann, bob } = pair({ aliveTimeout: 60_000 });
    bob.client.answersPings = false;
    for (let minute = 0; minute < 5; minute++) {
      for (let second = 0; second < 60; second++) broker.advance(1_000);
      ann.send({ type: 'HEARTBEAT' });
    }
    expect([ann.client.state, bob.closeCode]).toEqual(['open', 4002]);
  });

  it('L5: closes a peer that only answers pings before twice the timeout', () => {
    const { broker, ann } = pair({ aliveTimeout: 60_000 });
    for (let second = 0; second < 89; second++) broker.advance(1_000);
    expect(ann.client.state).toBe('open');
    for (let second = 89; second < 121; second++) broker.advance(1_000);
    expect(ann.closeCode).toBe(4002);
  });

  it.each([20_000, 3_600_000])(
    'L6: after a pause of %i ms, judges peers and held messages when waiting frames have been read',
    (span) => {
      const { broker, ann, bob } = pair({ aliveTimeout: 6_000, expireTimeout: 5_000 });
      bob.client.answersPings = false;
      ann.sendOffer('eve', 'come back');
      broker.advance(2_500);
      broker.clock.advanceWithoutWaking(span);
      broker.advance(0);
      ann.send({ type: 'HEARTBEAT' });
      expect(broker.connectPeer('eve').received).toMatchObject([{ payload: 'come back' }]);
      broker.advance(2_900);
      expect([ann.client.state, bob.client.state]).toEqual(['open', 'open']);
      ann.send({ type: 'HEARTBEAT' });
      broker.advance(4_000);
      expect([ann.client.state, bob.closeCode]).toEqual(['open', 4002]);
      expect(broker.events).toContainEqual(expect.objectContaining({ event: 'stood-still' }));
    },
  );

  it('L1: schedules no wake-up without peers', () => {
    const { broker } = pair({ aliveTimeout: 10_000 });
    broker.advance(21_000);
    expect(broker.clock.nextWakeup()).toBe(NEVER);
  });
});
