import { describe, expect, it } from 'vitest';
import type { PeerDetails } from '../../../src/application/ports/operations.ts';
import { TestBroker } from '../../support/test-broker.ts';

function kindOf(broker: TestBroker, id: string, realm = 'peerjs'): string | undefined {
  let found: PeerDetails | undefined;
  broker.broker.operations.peer({ realm, id }, (details) => (found = details));
  return found?.kind;
}

describe('a look-up by id', () => {
  it('ADM2: finds peers and guests of one realm, until they have gone', () => {
    const broker = new TestBroker({ dialects: ['peerjs', 'relay'], relayPath: '/relay' });
    const ann = broker.connectPeer('ann');
    const guest = broker.transport.connect({ path: '/relay', query: '' });
    expect([kindOf(broker, 'ann'), kindOf(broker, 'fresh'), kindOf(broker, 'bob')]).toEqual(['peer', 'guest', undefined]);
    expect([kindOf(broker, 'ann', 'blue'), kindOf(broker, '')]).toEqual([undefined, undefined]);
    ann.client.cut();
    guest.cut();
    expect([kindOf(broker, 'ann'), kindOf(broker, 'fresh')]).toEqual([undefined, undefined]);
  });
});
