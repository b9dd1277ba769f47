import { describe, expect, it } from 'vitest';
import { LinesDialect } from '../../../../examples/lines-dialect/dialect.ts';
import type { HttpRoute } from '../../../../src/application/ports/requests.ts';
import { TestBroker } from '../../../support/test-broker.ts';

/** The lines dialect, and a route that sends an offer to Bob for Ann. */
class ProxyDialect extends LinesDialect {
  override route(): HttpRoute {
    const payload = Buffer.from('1');
    return {
      methods: ['POST'],
      handle: ({ query }) => ({
        action: 'send-for-peer',
        key: 'peerjs',
        id: 'ann',
        token: query,
        request: { action: 'relay', kind: 'offer', to: 'bob', payload },
        bytes: 200_000,
      }),
    };
  }
}

/** `overloaded` in the lines dialect. */
const REFUSED = 503;

describe('X6: sendForPeer', () => {
  const broker = new TestBroker({}, { moreDialects: [new ProxyDialect('/lines')] });
  const bob = broker.connectPeer('bob');

  it("relays the message like a frame of the peer's connection", () => {
    broker.connectPeer('ann', { token: 'hers' });
    expect(broker.transport.http('POST', '/x?hers').status).toBe(204);
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
  });

  it('M19, M22: charges the body, and sends nothing while the peer is paused', () => {
    const limits = { messagesPerSecond: 1, messageBurst: 8, onFlood: 'pause' } as const;
    const slow = new TestBroker(limits, { moreDialects: [new ProxyDialect('/lines')] });
    const cem = slow.connectPeer('bob');
    slow.connectPeer('ann', { token: 'hers' });
    const post = (): number => slow.transport.http('POST', '/x?hers').status;
    expect([post(), post(), post(), post()]).toEqual([204, 204, 204, REFUSED]);
    slow.clock.advance(1_000);
    expect(post()).toBe(REFUSED);
    slow.clock.advance(4_000);
    expect([post(), cem.received.length]).toEqual([204, 4]);
  });

  it('requires the token of a registered peer', () => {
    expect(broker.transport.http('POST', '/x?his').status).toBe(401);
  });
});
