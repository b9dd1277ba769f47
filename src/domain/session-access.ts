import { OPEN_GRANT, type Grant } from './grant.ts';
import type { RateLimits } from './rate-limiter.ts';
import { NEVER, type Millis } from './time.ts';

/** The rights of a session, and their end. Replaced on each change, so that all sessions without a token share one. */
export interface SessionAccess {
  /** A3. */
  readonly grant: Grant;
  /** A5, MER12: NEVER for a session that does not expire. */
  readonly expiresAt: Millis;
  /** A7: when the client is notified of the expiry; NEVER for none, and after the notice. */
  readonly noticeAt: Millis;
  /** M19: lower ones than those of the realm; undefined for those of the realm. */
  readonly rateLimits: RateLimits | undefined;
}

export const OPEN_ACCESS: SessionAccess = { grant: OPEN_GRANT, expiresAt: NEVER, noticeAt: NEVER, rateLimits: undefined };

/** M19: the limits of a grant, if they are lower than those of the realm. */
export function lowerLimits(limits: RateLimits, { messagesPerSecond }: Grant): RateLimits | undefined {
  if (messagesPerSecond === undefined || messagesPerSecond >= limits.messagesPerSecond) return undefined;
  return { ...limits, messagesPerSecond };
}

/** A7: time from the notice to the expiry, for tokens that are valid for at least twice as long. */
const LONGEST_NOTICE: Millis = 60_000;

/** A7: the moment of the notice; NEVER for a session that does not expire. */
export function noticeTime(expiresAt: Millis, now: Millis): Millis {
  return expiresAt === NEVER ? NEVER : expiresAt - Math.min(LONGEST_NOTICE, Math.floor((expiresAt - now) / 2));
}
