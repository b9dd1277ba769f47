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
  mayPublish(topic: string): boolean;
}

/**
 * Verifies the token of a connection; undefined for a connection without a token.
 * @returns undefined if the connection is rejected.
 */
export type Authorize = (token: string | undefined) => Rights | undefined;
