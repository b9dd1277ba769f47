import { expect, it } from 'vitest';
import { issuePeerId } from '../../../../src/application/use-cases/issue-peer-id.ts';
import { Realms } from '../../../../src/domain/realms.ts';
import { LIMITS, REALM_IDENTITY, session } from '../../domain/session-fixture.ts';

it('H2: throws with the reason if the source of ids returns taken ids only', () => {
  const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS);
  const realm = realms.find('peerjs');
  if (realm === undefined) throw new Error('no realm');
  realm.admit(session('ann', realm));
  const issue = issuePeerId({ realms, peerIds: { generate: () => 'ann' } });
  expect(() => issue({ key: 'peerjs' }, () => undefined)).toThrow(
    'the source of peer ids returned 100 ids in a row that are taken',
  );
});
