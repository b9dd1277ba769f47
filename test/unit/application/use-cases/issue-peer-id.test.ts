import { expect, it } from 'vitest';
import { issuePeerId } from '../../../../src/application/use-cases/issue-peer-id.ts';
import { Realms } from '../../../../src/domain/realms.ts';
import { LIMITS, REALM_IDENTITY, session } from '../../domain/session-fixture.ts';

it('H2: gives up, and says why, when the source of ids gives only taken ones', () => {
  const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS);
  const realm = realms.find('peerjs');
  if (realm === undefined) throw new Error('no realm');
  realm.admit(session('ann', realm));
  const issue = issuePeerId({ realms, peerIds: { generate: () => 'ann' } });
  expect(() => issue({ key: 'peerjs' }, () => undefined)).toThrow('the source of peer ids gave 100 ids in a row that are taken');
});
