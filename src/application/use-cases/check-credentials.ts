import { refusalFor, type Grant } from '../../domain/grant.ts';
import type { Realms } from '../../domain/realms.ts';
import type { OpenRefusal } from '../../domain/refusal.ts';
import type { HttpClient } from '../http-access.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { PeerDirectory } from '../ports/peer-directory.ts';
import type { Credentials, HttpOutcome } from '../ports/requests.ts';
import { validateCredentials, type ValidRequest } from './register-peer.ts';

/** Reports whether a socket with these credentials would open now. */
export type CheckCredentials = (credentials: Credentials, answer: (outcome: HttpOutcome) => void, client: HttpClient) => void;

export interface CheckCredentialsParts {
  readonly realms: Realms;
  readonly authorizer: Authorizer;
  readonly directory: PeerDirectory;
}

/** H18: the checks of `registerPeer`, in the same order. Claims no id, and no realm begins to be in use. */
export function checkCredentials({ realms, authorizer, directory }: CheckCredentialsParts): CheckCredentials {
  return (credentials, answer, { dialect, address, origin, headers }) => {
    const report = (refusal?: OpenRefusal): void => answer({ kind: 'credentials-checked', refusal });
    const valid = validateCredentials(realms, credentials);
    if (!valid.ok) return report(valid.refusal);
    const { realm, id, token } = valid.value;
    const request = { dialect: dialect.name, realm: realm.key, id, token: token.reveal(), address, origin, headers };
    authorizer.authorize(request, (outcome) => {
      const refusal = outcome.ok ? refusalFor(outcome.value, realm.key, id) : outcome.refusal;
      if (refusal !== undefined) return report(refusal);
      if (outcome.ok) checkId(valid.value, outcome.value, report);
    });
  };

  function checkId({ realm, id, token }: ValidRequest, { owner }: Grant, report: (refusal?: OpenRefusal) => void): void {
    directory.check({ realm, id, token: owner === undefined ? token : token.ownedBy(owner) }, (outcome) => {
      if (outcome === 'taken') return report({ reason: 'id-taken' });
      const isFull = outcome === 'full' || (realm.isFull && !realm.has(id));
      report(isFull ? { reason: 'realm-full' } : undefined);
    });
  }
}
