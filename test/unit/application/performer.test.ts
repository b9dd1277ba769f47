import { describe, expect, it } from 'vitest';
import { UnreachableEngine } from '../../support/unreachable-engine.ts';
import { pair } from '../../support/test-broker.ts';

describe('performing', () => {
  it('M1: delivers', () => {
    const { ann, bob } = pair();
    ann.sendOffer('bob', { n: 1 });
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: { n: 1 } }]);
  });

  it('O11: holds, then delivers after OPEN, in order', () => {
    const { house, ann } = pair();
    ann.sendOffer('eve', 1);
    ann.sendOffer('eve', 2);
    expect(house.connectPeer('eve').client.received).toEqual([
      '{"type":"OPEN"}',
      '{"type":"OFFER","src":"ann","dst":"eve","payload":1}',
      '{"type":"OFFER","src":"ann","dst":"eve","payload":2}',
    ]);
  });

  it('M13: tells at once what has no room, and counts it', () => {
    const { house, ann } = pair({ mailboxMessages: 1 });
    ann.sendOffer('eve');
    ann.sendOffer('eve');
    expect([ann.received, house.tally.get('mailbox-full')]).toEqual([[{ type: 'EXPIRE', src: 'eve', dst: 'ann' }], 1]);
  });

  it('M13: holds nothing while the engine is out of reach, where it is told to; those who are here hear each other', () => {
    const engine = new UnreachableEngine();
    const { ann, bob } = pair({ clusterCut: 'refuse' }, { engine });
    engine.isReachable = false;
    ann.sendOffer('eve');
    ann.sendOffer('bob', 'near');
    expect([ann.received, bob.received]).toMatchObject([[{ type: 'EXPIRE', src: 'eve' }], [{ payload: 'near' }]]);
  });

  it('M14: a held message outlives expire_timeout by at most one sweep, then its sender is told once', () => {
    const { house, ann } = pair({ expireTimeout: 5_000, sweepInterval: 1_000 });
    ann.sendOffer('eve');
    ann.sendOffer('eve');
    house.advance(4_999);
    expect(ann.received).toEqual([]);
    house.advance(1_001);
    expect([ann.received, house.tally.get('expired')]).toEqual([[{ type: 'EXPIRE', src: 'eve', dst: 'ann' }], 1]);
  });

  it('M16: tells the sender when the receiver can not take it', () => {
    const { house, ann, bob } = pair();
    bob.client.stopReading();
    for (let i = 0; i < 20 && ann.received.length === 0; i++) ann.sendOffer('bob', 'x'.repeat(400_000));
    expect(ann.received[0]).toEqual({ type: 'LEAVE', src: 'bob', dst: 'ann' });
    expect(house.tally.get('undelivered')).toBeGreaterThan(0);
  });

  it('M19: pauses a flooding peer until its debt is paid, and loses nothing', () => {
    const { house, ann, bob } = pair({ onFlood: 'pause', messageBurst: 2, messagesPerSecond: 10 });
    for (let n = 0; n < 6; n++) ann.sendOffer('bob', n);
    expect([bob.received.length, house.tally.get('paused')]).toEqual([3, 1]);
    house.advance(1_000);
    expect(bob.received.map((message) => (message as { payload: number }).payload)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ann.closeCode).toBeUndefined();
  });

  it('L1: closes the silent, and logs it', () => {
    const { house, ann, bob } = pair({ aliveTimeout: 10_000 });
    ann.client.answersPings = false;
    house.advance(6_000);
    bob.send({ type: 'HEARTBEAT' });
    house.advance(5_000);
    expect([ann.closeCode, bob.closeCode]).toEqual([4002, undefined]);
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'silent' }));
  });
});
