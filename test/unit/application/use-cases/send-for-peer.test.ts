import { describe, expect, it } from 'vitest';
import { LinesDialect } from '../../../../examples/lines-dialect/dialect.ts';
import type { HttpRoute } from '../../../../src/application/ports/requests.ts';
import { TestBroker } from '../../../support/test-broker.ts';

/** Lines, and a way to offer something to Bob in another's name. */
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
      }),
    };
  }
}

describe('X6: what is said beside the connection', () => {
  const house = new TestBroker({}, { moreDialects: [new ProxyDialect('/lines')] });
  const bob = house.connectPeer('bob');

  it('counts as if the connection had said it', () => {
    house.connectPeer('ann', { token: 'hers' });
    expect(house.transport.http('POST', '/x?hers').status).toBe(204);
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
  });

  it('needs the token of a peer that is here', () => {
    expect(house.transport.http('POST', '/x?his').status).toBe(401);
  });
});
