import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

describe('recordFrame', () => {
  it('M8, L3: keeps a peer alive on any message', () => {
    const { broker, ann, bob } = pair({ aliveTimeout: 10_000 });
    for (let i = 0; i < 5; i++) {
      broker.advance(5_000);
      ann.send({ type: 'HEARTBEAT' });
      bob.client.send('nonsense');
    }
    expect([ann.closeCode, bob.closeCode]).toEqual([undefined, undefined]);
  });

  it('M19: closes a peer above its rate limit with 1008, and ignores its last message', () => {
    const { ann, bob } = pair({ messageBurst: 2, messagesPerSecond: 1 });
    for (let n = 0; n < 4; n++) ann.sendOffer('bob', n);
    expect([ann.closeCode, bob.received.length]).toEqual([1008, 2]);
  });

  it('M22: charges a message by its size; the first one always passes', () => {
    const { ann, bob } = pair({ messageBurst: 4, messagesPerSecond: 1 });
    ann.sendOffer('bob', 'x'.repeat(150_000));
    ann.sendOffer('bob', 1);
    ann.sendOffer('bob', 2);
    bob.sendOffer('ann', 'x'.repeat(900_000));
    expect([ann.closeCode, bob.closeCode, bob.received.length]).toEqual([1008, undefined, 2]);
  });
});
