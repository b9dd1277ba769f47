import type { BackendCheck, ConnectRequest } from '../../../application/ports/requests.ts';
import type { Gateway } from '../../../application/ports/transport.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Clearance } from '../../../domain/topic.ts';
import { FAILS_TOO_OFTEN } from '../shared/close-frames.ts';
import type { ConnectFault } from './socket.ts';

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

/** A6: the text and the close code of a refusal. */
export type DescribeRefusal = (refusal: AccessRefusal) => Required<ConnectFault>;

/** A rejected connection. `ends`: A8, no more tokens of the address may be verified. */
export interface Rejection extends Required<ConnectFault> {
  readonly ends: boolean;
}

interface RightsParts {
  readonly authorize: Authorize;
  readonly describeRefusal: DescribeRefusal;
  readonly gateway: Pick<Gateway, 'tokenRefused'>;
}

/** SIO10, A8. */
export function rightsOf(parts: RightsParts, address: string, token: string | undefined): Rights | Rejection {
  const { authorize, describeRefusal, gateway } = parts;
  let refusal: AccessRefusal = { reason: 'token-missing' };
  let isOverLimit = false;
  const rights = authorize(token, (reported) => {
    refusal = reported;
    isOverLimit = !gateway.tokenRefused(address, reported);
  });
  if (isOverLimit) return { text: FAILS_TOO_OFTEN.why, code: FAILS_TOO_OFTEN.code, ends: true };
  return rights ?? { ...describeRefusal(refusal), ends: false };
}

/** SIO10: the request of a client, with its rights. */
export function connectRequestOf(request: ConnectRequest, rights: Rights, token: string | undefined): ConnectRequest {
  const { clearance, expiresAt, backendCheck, needsAccess = false } = rights;
  const withRights = { ...request, clearance, expiresAt, backendCheck };
  if (request.as !== 'guest' || !needsAccess) return withRights;
  const { isAuthorized: _, ...unverified } = request;
  // The token of CONNECT takes precedence over a header of the handshake, which the gateway reads.
  return { ...unverified, clearance, expiresAt, backendCheck: { token, isVerified: false } };
}
