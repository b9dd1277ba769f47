import { expect, it } from 'vitest';
import { authorizeRequest } from '../../../src/application/http-access.ts';
import type { AccessRefusal } from '../../../src/domain/refusal.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { HTTP_CLIENT } from '../../support/http-client.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { peerId } from '../domain/session-fixture.ts';

function outcomeFor(refusal: AccessRefusal): unknown {
  const authorizer = new ScriptedAuthorizer();
  authorizer.refuse('t', refusal);
  const answers: unknown[] = [];
  const request = { realm: realmKey('peerjs'), id: undefined, token: 't' };
  authorizeRequest(authorizer, request, HTTP_CLIENT, (outcome) => answers.push(outcome));
  return answers;
}

it.each([
  [{ reason: 'token-missing' }, 'token-missing'],
  [{ reason: 'token-invalid', detail: 'key' }, 'token-invalid'],
  [{ reason: 'token-expired' }, 'token-invalid'],
  [{ reason: 'token-early' }, 'token-invalid'],
  [{ reason: 'realm-not-granted' }, 'not-granted'],
  [{ reason: 'id-not-granted', id: peerId('ann') }, 'not-granted'],
  [{ reason: 'id-reserved' }, 'not-granted'],
  [{ reason: 'not-admitted', message: 'no' }, 'not-granted'],
  [{ reason: 'authorizer-unreachable' }, 'authorizer-unreachable'],
] as const)('A6: %j', (refusal, reason) => {
  expect(outcomeFor(refusal)).toEqual([reason]);
});

it('A3: the grant must include the realm, and no id', () => {
  const authorizer = new ScriptedAuthorizer();
  authorizer.grant('t', { realms: ['red'], ids: [] });
  const answers: unknown[] = [];
  for (const realm of ['red', 'blue']) {
    const request = { realm: realmKey(realm), id: 'ann', token: 't' };
    authorizeRequest(authorizer, request, HTTP_CLIENT, (outcome) =>
      answers.push(typeof outcome === 'string' ? outcome : 'granted'),
    );
  }
  expect(answers).toEqual(['granted', 'not-granted']);
});
