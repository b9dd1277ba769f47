import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

describe('hearPeer', () => {
  it('M8, L3: any message keeps a peer alive', () => {
    const { house, ann, bob } = pair({ aliveTimeout: 10_000 });
    for (let i = 0; i < 5; i++) {
      house.advance(5_000);
      ann.send({ type: 'HEARTBEAT' });
      bob.client.send('nonsense');
    }
    expect([ann.closeCode, bob.closeCode]).toEqual([undefined, undefined]);
  });

  it('M19: who sends more than it may is closed 1008, and its last message does not count', () => {
    const { ann, bob } = pair({ messageBurst: 2, messagesPerSecond: 1 });
    for (let n = 0; n < 4; n++) ann.sendOffer('bob', n);
    expect([ann.closeCode, bob.received.length]).toEqual([1008, 2]);
  });
});
