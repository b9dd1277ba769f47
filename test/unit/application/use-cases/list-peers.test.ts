import { expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import { OpenAuthorizer } from '../../../../src/adapters/authorizers/open.ts';
import { MemoryPeerDirectory } from '../../../../src/adapters/directories/memory/directory.ts';
import type { HttpOutcome } from '../../../../src/application/ports/requests.ts';
import { listPeers } from '../../../../src/application/use-cases/list-peers.ts';
import type { PeerId, RealmKey } from '../../../../src/domain/ids.ts';
import { Realms } from '../../../../src/domain/realms.ts';
import { HTTP_CLIENT } from '../../../support/http-client.ts';
import { LIMITS, REALM_IDENTITY } from '../../domain/session-fixture.ts';

it('H3: does not reveal whether a key exists while discovery is disabled', () => {
  const directory = new MemoryPeerDirectory(new ManualClock());
  const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS);
  const clock = new ManualClock();
  const list = listPeers({ realms, authorizer: new OpenAuthorizer(), directory, clock, allowDiscovery: false });
  const answers: HttpOutcome[] = [];
  for (const key of ['peerjs', 'nonsense']) {
    list({ action: 'list-peers', key, token: undefined }, (outcome) => answers.push(outcome), HTTP_CLIENT);
  }
  expect(answers).toEqual([
    { kind: 'refusal', reason: 'discovery-off' },
    { kind: 'refusal', reason: 'discovery-off' },
  ]);
});

it('H4: encodes a long list in several turns', () => {
  const clock = new ManualClock();
  const ids = Array.from({ length: 25_000 }, (_, n) => `peer "${n}"` as PeerId);
  const directory = Object.assign(new MemoryPeerDirectory(clock, 1_000), {
    present: (_realm: RealmKey, answer: (ids: readonly PeerId[]) => void) => answer(ids),
  });
  const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS, false);
  const answers: HttpOutcome[] = [];
  const list = listPeers({ realms, authorizer: new OpenAuthorizer(), directory, clock, allowDiscovery: true });
  list({ action: 'list-peers', key: 'peerjs', token: undefined }, (outcome) => answers.push(outcome), HTTP_CLIENT);
  expect(answers).toEqual([]);
  clock.advance(0);
  expect(answers).toEqual([{ kind: 'peers', list: JSON.stringify(ids) }]);
});
