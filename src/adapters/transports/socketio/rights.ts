import type { Millis } from '../../../domain/time.ts';
import type { Clearance } from '../../../domain/topic.ts';

/** SIO10: what a connection may do in its topics. */
export interface Rights {
  /** Whether it may listen at all. */
  readonly maySubscribe: boolean;
  /** MER7: the topics of which it hears what is private. */
  readonly clearance: Clearance;
  /** MER12: the moment from which nothing of this counts. */
  readonly expiresAt: Millis;
  mayPublish(topic: string): boolean;
}

/** Checks the token of a connection, undefined where it has none. @returns undefined where it may not connect. */
export type Authorize = (token: string | undefined) => Rights | undefined;
