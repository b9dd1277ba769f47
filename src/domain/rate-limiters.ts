import type { RateLimiter, RateLimits } from './rate-limiter.ts';
import type { PeerId } from './ids.ts';
import type { Session } from './session.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';

interface SavedLimiter {
  readonly token: Token;
  readonly rateLimiter: RateLimiter;
}

// Some 200 bytes each. Beyond it the longest remembered is forgotten, which is the first to be full again.
const MAX_SAVED = 16_384;

/**
 * M10, M19: what peers have left that are gone, until it is full again: an allowance belongs to an id and its token, so a
 * reconnect does not refill it.
 */
export class RateLimiters {
  readonly #limits: RateLimits;
  readonly #saved = new Map<PeerId, SavedLimiter>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#saved.size;
  }

  /** The connection of a peer is over. */
  save({ id, token, rateLimiter, lastReceivedAt }: Session): void {
    if (rateLimiter.timeUntilReset(this.#limits, lastReceivedAt) === 0) return;
    this.#saved.delete(id);
    this.#saved.set(id, { token, rateLimiter });
    if (this.#saved.size <= MAX_SAVED) return;
    for (const oldest of this.#saved.keys()) return void this.#saved.delete(oldest);
  }

  /** A peer is in: it goes on with what it had left. */
  restore(session: Session): void {
    const saved = this.#saved.get(session.id);
    if (saved === undefined || !saved.token.matches(session.token)) return;
    this.#saved.delete(session.id);
    session.rateLimiter = saved.rateLimiter;
  }

  /** Forgets those that are full again, the longest remembered first. Costs what it finds. */
  sweep(now: Millis): void {
    for (const [id, { rateLimiter }] of this.#saved) {
      if (rateLimiter.timeUntilReset(this.#limits, now) > 0) return;
      this.#saved.delete(id);
    }
  }
}
