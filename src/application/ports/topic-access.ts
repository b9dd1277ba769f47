import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import type { Clearance, TopicPermissions } from '../../domain/topic.ts';
import type { BackendCheck } from './requests.ts';

/** MER7, SIO10, W3: the rights of a client in the topics of Mercure. */
export interface TopicRights extends TopicPermissions {
  readonly clearance: Clearance;
  /** MER12: the moment at which these rights expire. */
  readonly expiresAt: Millis;
  /** A9: for the backend, if there is one. */
  readonly backendCheck?: BackendCheck | undefined;
  /** A1: true if the authorizer decides, because Mercure has no tokens of its own. */
  readonly needsAccess?: boolean;
}

/**
 * Verifies the token of a client. Never throws.
 * @param token undefined for a client without a token.
 * @param onRefused A8: receives the failed check of a token, within the call.
 * @returns undefined if the client is refused.
 */
export type TopicAccess = (token: string | undefined, onRefused?: (refusal: AccessRefusal) => void) => TopicRights | undefined;
