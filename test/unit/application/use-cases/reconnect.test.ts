import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

describe('reconnect', () => {
  it('O5: sends OPEN to the new socket and closes the old one with 4001', () => {
    const { broker, ann } = pair();
    const reconnected = broker.connectPeer('ann');
    expect([reconnected.client.received, ann.closeCode]).toEqual([['{"type":"OPEN"}'], 4001]);
  });

  it('O5, M17: delivers messages to the new socket, in order', () => {
    const { broker, ann, bob } = pair();
    bob.sendOffer('ann', 1);
    const reconnected = broker.connectPeer('ann');
    bob.sendOffer('ann', 2);
    expect([ann.received.length, reconnected.received.length]).toEqual([1, 1]);
  });

  it('O6: never refuses a reconnect for the peer limit', () => {
    const { broker } = pair({ concurrentLimit: 2 });
    expect(broker.connectPeer('ann').client.state).toBe('open');
  });
});
