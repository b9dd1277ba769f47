import type { BackendCheck, ConnectRequest } from '../../../application/ports/requests.ts';
import type { Gateway } from '../../../application/ports/transport.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Clearance } from '../../../domain/topic.ts';

/** SIO10: the permissions of a connection for topics. */
export interface Rights {
  /** True if the connection may subscribe. */
  readonly maySubscribe: boolean;
  /** MER7: the topics of which the connection receives private updates. */
  readonly clearance: Clearance;
  /** MER12: the time at which the permissions end. */
  readonly expiresAt: Millis;
  /** A9: for the backend, if there is one. */
  readonly backendCheck?: BackendCheck | undefined;
  /** A1: true if the gateway decides about the client, with its token. */
  readonly needsAccess?: boolean;
  mayPublish(topic: string): boolean;
}

/**
 * Verifies the token of a connection; undefined for a connection without a token.
 * @param onRefused A8: receives the failed check of a token, within the call.
 * @returns undefined if the connection is rejected.
 */
export type Authorize = (token: string | undefined, onRefused: (refusal: AccessRefusal) => void) => Rights | undefined;

/** SIO10, A8: @returns undefined for a rejected token, and `over-limit` if no more tokens of the address may be verified. */
export function rightsOf(
  { authorize, gateway }: { readonly authorize: Authorize; readonly gateway: Pick<Gateway, 'tokenRefused'> },
  address: string,
  token: string | undefined,
): Rights | 'over-limit' | undefined {
  let isOverLimit = false;
  const rights = authorize(token, (refusal) => (isOverLimit = !gateway.tokenRefused(address, refusal)));
  return isOverLimit ? 'over-limit' : rights;
}

/** SIO10: the request of a client, with its rights. */
export function connectRequestOf(request: ConnectRequest, rights: Rights, token: string | undefined): ConnectRequest {
  const { clearance, expiresAt, backendCheck, needsAccess = false } = rights;
  const withRights = { ...request, clearance, expiresAt, backendCheck };
  if (request.as !== 'guest' || !needsAccess) return withRights;
  const { isAuthorized: _, ...unverified } = request;
  return { ...unverified, clearance, expiresAt, token };
}
