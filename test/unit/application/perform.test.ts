import { describe, expect, it } from 'vitest';
import { FragileEngine } from '../../support/fragile-engine.ts';
import { pair } from '../../support/house.ts';

describe('performing', () => {
  it('M1: delivers', () => {
    const { ann, bob } = pair();
    ann.offers('bob', { n: 1 });
    expect(bob.heard).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: { n: 1 } }]);
  });

  it('O11: holds, then delivers after OPEN, in order', () => {
    const { house, ann } = pair();
    ann.offers('eve', 1);
    ann.offers('eve', 2);
    expect(house.opens('eve').far.heard).toEqual([
      '{"type":"OPEN"}',
      '{"type":"OFFER","src":"ann","dst":"eve","payload":1}',
      '{"type":"OFFER","src":"ann","dst":"eve","payload":2}',
    ]);
  });

  it('M13: tells at once what has no room, and counts it', () => {
    const { house, ann } = pair({ mailboxMessages: 1 });
    ann.offers('eve');
    ann.offers('eve');
    expect([ann.heard, house.tally.of('mailbox-full')]).toEqual([[{ type: 'EXPIRE', src: 'eve', dst: 'ann' }], 1]);
  });

  it('M13: holds nothing while the engine is out of reach, where it is told to; those who are here hear each other', () => {
    const engine = new FragileEngine();
    const { ann, bob } = pair({ clusterCut: 'refuse' }, { engine });
    engine.isReached = false;
    ann.offers('eve');
    ann.offers('bob', 'near');
    expect([ann.heard, bob.heard]).toMatchObject([[{ type: 'EXPIRE', src: 'eve' }], [{ payload: 'near' }]]);
  });

  it('M14: a held message outlives expire_timeout by at most one sweep, then its sender is told once', () => {
    const { house, ann } = pair({ expireTimeout: 5_000, sweepInterval: 1_000 });
    ann.offers('eve');
    ann.offers('eve');
    house.passes(4_999);
    expect(ann.heard).toEqual([]);
    house.passes(1_001);
    expect([ann.heard, house.tally.of('expired')]).toEqual([[{ type: 'EXPIRE', src: 'eve', dst: 'ann' }], 1]);
  });

  it('M16: tells the sender when the receiver can not take it', () => {
    const { house, ann, bob } = pair();
    bob.far.stopReading();
    for (let i = 0; i < 20 && ann.heard.length === 0; i++) ann.offers('bob', 'x'.repeat(400_000));
    expect(ann.heard[0]).toEqual({ type: 'LEAVE', src: 'bob', dst: 'ann' });
    expect(house.tally.of('undelivered')).toBeGreaterThan(0);
  });

  it('M19: pauses a flooding peer until its debt is paid, and loses nothing', () => {
    const { house, ann, bob } = pair({ onFlood: 'pause', messageBurst: 2, messagesPerSecond: 10 });
    for (let n = 0; n < 6; n++) ann.offers('bob', n);
    expect([bob.heard.length, house.tally.of('paused')]).toEqual([3, 1]);
    house.passes(1_000);
    expect(bob.heard.map((message) => (message as { payload: number }).payload)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ann.closedWith).toBeUndefined();
  });

  it('L1: closes the silent, and logs it', () => {
    const { house, ann, bob } = pair({ aliveTimeout: 10_000 });
    ann.far.answersPings = false;
    house.passes(6_000);
    bob.says({ type: 'HEARTBEAT' });
    house.passes(5_000);
    expect([ann.closedWith, bob.closedWith]).toEqual([4002, undefined]);
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'silent' }));
  });
});
