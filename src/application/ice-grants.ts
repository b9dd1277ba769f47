import { networkOf } from '../domain/networks.ts';
import type { Realm } from '../domain/realm.ts';
import { Token } from '../domain/token.ts';
import type { IceRequest } from './ports/requests.ts';

/** Whether a client may receive ICE servers, and the owner that its credentials are issued for. */
export type IceGrant = { readonly isAllowed: true; readonly owner: string } | { readonly isAllowed: false };

/** Decides about one request. @param address of the client. */
export type GrantIce = (realm: Realm, request: IceRequest, address: string) => IceGrant;

/** I3: only an open peer of this node that gives its token. */
export const grantToPeers: GrantIce = (realm, { id, token }) => {
  const session = id === undefined || token === undefined ? undefined : realm.sessionOf(id, new Token(token));
  return session === undefined ? { isAllowed: false } : { isAllowed: true, owner: `${session.id}\0${session.token.proof}` };
};

/** I4: every client. A client without an open peer is identified by its address or network (H17). */
export const grantToEverybody: GrantIce = (realm, request, address) => {
  const grant = grantToPeers(realm, request, address);
  return grant.isAllowed ? grant : { isAllowed: true, owner: networkOf(address) };
};
