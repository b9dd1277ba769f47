import { timeUntilReset, type RateLimited } from './rate-limiter.ts';
import type { Session } from './session.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';

interface SavedLimiter extends RateLimited {
  readonly token: Token;
}

// About 200 bytes each. Beyond this number the oldest one is dropped, because it is the first to be full again.
const MAX_SAVED = 16_384;

/**
 * M10, M19: rate limiters of disconnected peers, saved until they are full again. A limiter belongs to an id and its token,
 * so a reconnect does not refill it.
 */
export class RateLimiters {
  readonly #nameOf: (session: Session) => string;
  readonly #saved = new Map<string, SavedLimiter>();

  /** @param nameOf the name of a peer among those that share these limiters. */
  constructor(nameOf: (session: Session) => string = ({ id }) => id) {
    this.#nameOf = nameOf;
  }

  get size(): number {
    return this.#saved.size;
  }

  /** Saves the limiter of a session that has ended. */
  save(session: Session): void {
    const { token, rateLimits, fullAt, takenSixteenths, strikes, lastReceivedAt } = session;
    if (timeUntilReset(session, lastReceivedAt) === 0) return;
    const name = this.#nameOf(session);
    this.#saved.delete(name);
    this.#saved.set(name, { token, rateLimits, fullAt, takenSixteenths, strikes });
    if (this.#saved.size <= MAX_SAVED) return;
    for (const oldest of this.#saved.keys()) return void this.#saved.delete(oldest);
  }

  /** Gives a new session the saved limiter of its id and token. */
  restore(session: Session): void {
    if (this.#saved.size === 0) return;
    const name = this.#nameOf(session);
    const saved = this.#saved.get(name);
    if (saved === undefined || !saved.token.matches(session.token)) return;
    this.#saved.delete(name);
    session.fullAt = saved.fullAt;
    session.takenSixteenths = saved.takenSixteenths;
    if (saved.strikes !== undefined) session.strikes = saved.strikes;
  }

  /** Drops limiters that are full again, the oldest first. The cost is proportional to the number dropped. */
  sweep(now: Millis): void {
    for (const [name, saved] of this.#saved) {
      if (timeUntilReset(saved, now) > 0) return;
      this.#saved.delete(name);
    }
  }
}
