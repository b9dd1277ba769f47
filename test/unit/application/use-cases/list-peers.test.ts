import { expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import { OpenAuthorizer } from '../../../../src/adapters/authorizers/open.ts';
import { MemoryPeerDirectory } from '../../../../src/adapters/directories/memory/directory.ts';
import type { HttpOutcome } from '../../../../src/application/ports/requests.ts';
import { listPeers } from '../../../../src/application/use-cases/list-peers.ts';
import { Realms } from '../../../../src/domain/realms.ts';
import { HTTP_CLIENT } from '../../../support/http-client.ts';
import { LIMITS, REALM_IDENTITY } from '../../domain/session-fixture.ts';

it('H3: does not reveal whether a key exists while discovery is disabled', () => {
  const directory = new MemoryPeerDirectory(new ManualClock());
  const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS);
  const list = listPeers({ realms, authorizer: new OpenAuthorizer(), directory, allowDiscovery: false });
  const answers: HttpOutcome[] = [];
  for (const key of ['peerjs', 'nonsense']) {
    list({ action: 'list-peers', key, token: undefined }, (outcome) => answers.push(outcome), HTTP_CLIENT);
  }
  expect(answers).toEqual([
    { kind: 'refusal', reason: 'discovery-off' },
    { kind: 'refusal', reason: 'discovery-off' },
  ]);
});
