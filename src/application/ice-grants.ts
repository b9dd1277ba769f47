import { networkOf } from '../domain/networks.ts';
import type { Realm } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import { Token } from '../domain/token.ts';
import { authorizeRequest, type HttpClient } from './http-access.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { HttpRefusal, IceRequest } from './ports/requests.ts';

/** The owner that the credentials of a client are issued for, or why it receives no ICE servers. */
export type IceGrant = { readonly owner: string } | { readonly refusal: HttpRefusal };

/** Decides about one request. Calls `answer` exactly once. */
export type GrantIce = (realm: Realm, request: IceRequest, client: HttpClient, answer: (grant: IceGrant) => void) => void;

/**
 * I3: an open peer of this node that gives its token, or a client whose token proves an owner (A4).
 * @param isRequired A1: whether every client is authenticated. A granted token then owns itself.
 */
export function grantToOwners(authorizer: Authorizer, isRequired: boolean): GrantIce {
  return (realm, { id, token }, client, answer) => {
    const session = id === undefined || token === undefined ? undefined : realm.sessionOf(id, token);
    if (session !== undefined) {
      return answer(session.grant.mayUseIce ? { owner: ownerOf(session) } : { refusal: 'not-granted' });
    }
    if (token === undefined && client.cookieToken === undefined) return answer({ refusal: 'sender-unknown' });
    authorizeRequest(authorizer, { realm: realm.key, id, token }, client, (outcome) => {
      if (typeof outcome === 'string') return answer({ refusal: outcome });
      const given = isRequired ? (token ?? client.cookieToken) : undefined;
      const owner = outcome.owner ?? (given && new Token(given).proof);
      if (owner === undefined) return answer({ refusal: 'sender-unknown' });
      answer(outcome.mayUseIce ? { owner } : { refusal: 'not-granted' });
    });
  };
}

/** I4: every client. A client that does not prove an owner is identified by its address or network (H17). */
export function grantToEverybody(authorizer: Authorizer, isRequired: boolean): GrantIce {
  const grantToOwner = grantToOwners(authorizer, isRequired);
  return (realm, request, client, answer) =>
    grantToOwner(realm, request, client, (grant) => answer('owner' in grant ? grant : { owner: networkOf(client.address) }));
}

/** The owner that the credentials of a peer are issued for. */
export function ownerOf({ id, token, grant }: Session): string {
  return grant.owner ?? `${id}\0${token.proof}`;
}
