import type { Millis } from './time.ts';

/** Rate limits of one peer. */
export interface RateLimits {
  /** M19: refill rate of the token bucket, in tokens per second. A message takes one token or more (M22). */
  readonly messagesPerSecond: number;
  /** M19: capacity of the token bucket. */
  readonly messageBurst: number;
  /** M10: strikes (malformed messages) that are tolerated in one window. */
  readonly malformedPerWindow: number;
  /** M10: length of a window. */
  readonly malformedWindow: Millis;
}

/** M10, M19: rate limits of one peer: a token bucket for messages, and a window of strikes for malformed messages. */
export class RateLimiter {
  /** M19: the moment at which the bucket was empty, if it only filled since then. In the future while the bucket is overdrawn. */
  #emptySince: Millis;
  #strikes: Strikes | undefined = undefined;

  constructor(limits: RateLimits, now: Millis) {
    this.#emptySince = now - refillTime(limits.messageBurst, limits);
  }

  /**
   * M19: takes tokens, also from an empty bucket.
   * @returns the time until the overdraft is refilled; 0 if the bucket is not overdrawn.
   */
  takeTokens(limits: RateLimits, now: Millis, tokens = 1): Millis {
    const fullSince = now - refillTime(limits.messageBurst, limits);
    this.#emptySince = Math.max(this.#emptySince, fullSince) + refillTime(tokens, limits);
    // Sums of fractions are not exact.
    const overdraft = this.#emptySince - now;
    return overdraft > ROUNDING ? Math.ceil(overdraft - ROUNDING) : 0;
  }

  /** A7: keeps the tokens in the bucket, and the overdraft, under limits with another refill rate. */
  changeLimits(before: RateLimits, after: RateLimits, now: Millis): void {
    const filledSince = Math.max(this.#emptySince, now - refillTime(before.messageBurst, before));
    this.#emptySince = now - ((now - filledSince) * before.messagesPerSecond) / after.messagesPerSecond;
  }

  /** Time until the limiter is in its initial state: a full bucket and no strikes. */
  timeUntilReset(limits: RateLimits, now: Millis): Millis {
    const window = this.#strikes === undefined ? 0 : this.#strikes.since + limits.malformedWindow - now;
    return Math.max(this.timeUntilFull(limits, now), window);
  }

  /** M19: time until the bucket is full. */
  timeUntilFull(limits: RateLimits, now: Millis): Millis {
    return Math.max(0, this.#emptySince + refillTime(limits.messageBurst, limits) - now);
  }

  /** M10: counts one malformed message. @returns true if the window has more strikes than are tolerated. */
  strike(limits: RateLimits, now: Millis): boolean {
    if (this.#strikes === undefined || now - this.#strikes.since >= limits.malformedWindow) {
      this.#strikes = { since: now, count: 0 };
    }
    this.#strikes.count += 1;
    return this.#strikes.count > limits.malformedPerWindow;
  }
}

/** Malformed messages in one window. Allocated on the first one, because most peers send none. */
interface Strikes {
  readonly since: Millis;
  count: number;
}

const ROUNDING: Millis = 1e-3;

const BYTES_PER_TOKEN = 64 * 1024;

/** W8: tokens for a frame that completes no request. */
const TOKENS_PER_FRAGMENT = 1 / 16;

/**
 * M22, W8: tokens for a frame: one for each request and for each started 64 KiB, whichever is more. The bytes of a frame cost at
 * most a full bucket.
 */
export function tokensFor(bytes: number, { messageBurst }: Pick<RateLimits, 'messageBurst'>, requests = 1): number {
  if (bytes <= BYTES_PER_TOKEN) return requests === 0 ? TOKENS_PER_FRAGMENT : requests;
  return Math.max(requests, Math.min(Math.ceil(bytes / BYTES_PER_TOKEN), messageBurst));
}

/** Time in which the bucket gains `tokens`. */
function refillTime(tokens: number, { messagesPerSecond }: RateLimits): Millis {
  return (tokens * 1000) / messagesPerSecond;
}
