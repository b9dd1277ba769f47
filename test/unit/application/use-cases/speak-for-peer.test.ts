import { describe, expect, it } from 'vitest';
import { LinesDialect } from '../../../../examples/lines-dialect/dialect.ts';
import type { HttpRoute } from '../../../../src/application/ports/requests.ts';
import { House } from '../../../support/house.ts';

/** Lines, and a way to offer something to Bob in another's name. */
class ProxyDialect extends LinesDialect {
  override routes(): HttpRoute {
    const payload = Buffer.from('1');
    return {
      methods: ['POST'],
      ask: ({ query }) => ({
        ask: 'say',
        key: 'peerjs',
        id: 'ann',
        token: query,
        request: { ask: 'relay', kind: 'offer', to: 'bob', payload },
      }),
    };
  }
}

describe('X6: what is said beside the connection', () => {
  const house = new House({}, { moreDialects: [new ProxyDialect('/lines')] });
  const bob = house.opens('bob');

  it('counts as if the connection had said it', () => {
    house.opens('ann', { token: 'hers' });
    expect(house.transport.http('POST', '/x?hers').status).toBe(204);
    expect(bob.heard).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
  });

  it('needs the token of a peer that is here', () => {
    expect(house.transport.http('POST', '/x?his').status).toBe(401);
  });
});
