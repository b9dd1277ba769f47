import { expect, it } from 'vitest';
import { listPeers } from '../../../../src/application/use-cases/list-peers.ts';
import { Realms } from '../../../../src/domain/realms.ts';
import { LIMITS, PLACE } from '../../domain/sessions.ts';

it('H3: discovery that is off does not even tell whether a key is known', () => {
  const list = listPeers({ realms: new Realms(['peerjs'], PLACE.node, LIMITS), allowDiscovery: false });
  expect([list('peerjs'), list('nonsense')]).toEqual([
    { gave: 'refusal', reason: 'discovery-off' },
    { gave: 'refusal', reason: 'discovery-off' },
  ]);
});
