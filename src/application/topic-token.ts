import type { AuthFailures } from '../domain/auth-failures.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import { refused, accepted, type Result } from '../domain/result.ts';
import type { Connection } from './connection.ts';
import type { Clock } from './ports/clock.ts';
import type { RegistrationRequest } from './ports/requests.ts';
import type { TopicAccess, TopicRights } from './ports/topic-access.ts';

export interface TopicTokenParts {
  readonly topicAccess: TopicAccess;
  readonly authFailures: AuthFailures;
  readonly clock: Clock;
}

/** MER7, A8: verifies a token of topics. A failed check counts for the address of the client. */
export function verifyTopicToken(
  { topicAccess, authFailures, clock }: TopicTokenParts,
  token: string | undefined,
  address: string,
): Result<TopicRights, AccessRefusal> {
  let refusal: AccessRefusal = { reason: 'token-missing' };
  const rights = topicAccess(token, (reported) => {
    refusal = reported;
    authFailures.refused(address, reported, clock.now());
  });
  return rights === undefined ? refused(refusal) : accepted(rights);
}

/** W3: the request of a guest with a token of topics, with the rights of the token. Any other request as it is. */
export function withTopicRights(
  parts: TopicTokenParts,
  request: RegistrationRequest,
  connection: Pick<Connection, 'address'> | undefined,
): RegistrationRequest | { readonly refused: AccessRefusal } {
  if (request.as !== 'guest' || request.hasTopicToken !== true) return request;
  const { token } = request;
  const verified = verifyTopicToken(parts, token, connection?.address ?? '');
  if (!verified.ok) return { refused: verified.refusal };
  const { clearance, expiresAt, backendCheck, needsAccess = false, ...permissions } = verified.value;
  // The token of the introduction takes precedence over a header of the handshake.
  if (needsAccess) return { ...request, backendCheck: token === undefined ? undefined : { token, isVerified: false } };
  return { ...request, isAuthorized: true, clearance, expiresAt, backendCheck, permissions };
}
