import type { PeerId } from './ids.ts';
import type { RateLimiter, RateLimits } from './rate-limiter.ts';
import type { Session } from './session.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';

interface SavedLimiter {
  readonly token: Token;
  readonly limits: RateLimits;
  readonly rateLimiter: RateLimiter;
}

// About 200 bytes each. Beyond this number the oldest one is dropped, because it is the first to be full again.
const MAX_SAVED = 16_384;

/**
 * M10, M19: rate limiters of disconnected peers, saved until they are full again. A limiter belongs to an id and its token,
 * so a reconnect does not refill it.
 */
export class RateLimiters {
  readonly #saved = new Map<PeerId, SavedLimiter>();

  get size(): number {
    return this.#saved.size;
  }

  /** Saves the limiter of a session that has ended. */
  save({ id, token, rateLimiter, rateLimits: limits, lastReceivedAt }: Session): void {
    if (rateLimiter.timeUntilReset(limits, lastReceivedAt) === 0) return;
    this.#saved.delete(id);
    this.#saved.set(id, { token, limits, rateLimiter });
    if (this.#saved.size <= MAX_SAVED) return;
    for (const oldest of this.#saved.keys()) return void this.#saved.delete(oldest);
  }

  /** Gives a new session the saved limiter of its id and token. */
  restore(session: Session): void {
    const saved = this.#saved.get(session.id);
    if (saved === undefined || !saved.token.matches(session.token)) return;
    this.#saved.delete(session.id);
    session.rateLimiter = saved.rateLimiter;
  }

  /** Drops limiters that are full again, the oldest first. The cost is proportional to the number dropped. */
  sweep(now: Millis): void {
    for (const [id, { limits, rateLimiter }] of this.#saved) {
      if (rateLimiter.timeUntilReset(limits, now) > 0) return;
      this.#saved.delete(id);
    }
  }
}
