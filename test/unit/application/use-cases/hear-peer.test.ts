import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/house.ts';

describe('hearPeer', () => {
  it('M8, L3: any message keeps a peer alive', () => {
    const { house, ann, bob } = pair({ aliveTimeout: 10_000 });
    for (let i = 0; i < 5; i++) {
      house.passes(5_000);
      ann.says({ type: 'HEARTBEAT' });
      bob.far.send('nonsense');
    }
    expect([ann.closedWith, bob.closedWith]).toEqual([undefined, undefined]);
  });

  it('M19: who sends more than it may is closed 1008, and its last message does not count', () => {
    const { ann, bob } = pair({ messageBurst: 2, messagesPerSecond: 1 });
    for (let n = 0; n < 4; n++) ann.offers('bob', n);
    expect([ann.closedWith, bob.heard.length]).toEqual([1008, 2]);
  });
});
