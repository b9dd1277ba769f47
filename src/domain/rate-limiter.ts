import type { Millis } from './time.ts';

/** How much one peer may send. */
export interface RateLimits {
  /** M19: tokens per second that flow into the bucket. */
  readonly messagesPerSecond: number;
  /** M19: what the bucket holds when it is full. */
  readonly messageBurst: number;
  /** M10: how many malformed messages a window forgives. */
  readonly malformedPerWindow: number;
  /** M10: how long a window is. */
  readonly malformedWindow: Millis;
}

/** M10, M19: what one peer has left: a token bucket for its messages, a window for its malformed ones. */
export class RateLimiter {
  /** M19: since when a bucket that was empty then would hold what this one holds. Later than now: how long its debt takes. */
  #emptySince: Millis;
  #strikes: Strikes | undefined = undefined;

  constructor(limits: RateLimits, now: Millis) {
    this.#emptySince = now - refillTime(limits.messageBurst, limits);
  }

  /**
   * M19: pays for one message, on credit if need be.
   * @returns how long until the debt is paid; 0 where there is none.
   */
  takeToken(limits: RateLimits, now: Millis): Millis {
    const fullSince = now - refillTime(limits.messageBurst, limits);
    this.#emptySince = Math.max(this.#emptySince, fullSince) + refillTime(1, limits);
    // What is filled drop by drop is not exact to the last digit.
    const overdraft = this.#emptySince - now;
    return overdraft > ROUNDING ? Math.ceil(overdraft - ROUNDING) : 0;
  }

  /** How long until it is as it was at first: the bucket full, and no malformed message remembered. */
  timeUntilReset(limits: RateLimits, now: Millis): Millis {
    const window = this.#strikes === undefined ? 0 : this.#strikes.since + limits.malformedWindow - now;
    return Math.max(this.timeUntilFull(limits, now), window);
  }

  /** M19: how long until the bucket is full. */
  timeUntilFull(limits: RateLimits, now: Millis): Millis {
    return Math.max(0, this.#emptySince + refillTime(limits.messageBurst, limits) - now);
  }

  /** M10: counts one malformed message. @returns whether it was one too many for its window. */
  strike(limits: RateLimits, now: Millis): boolean {
    if (this.#strikes === undefined || now - this.#strikes.since >= limits.malformedWindow) {
      this.#strikes = { since: now, count: 0 };
    }
    this.#strikes.count += 1;
    return this.#strikes.count > limits.malformedPerWindow;
  }
}

/** Malformed messages in one window; few peers ever need one. */
interface Strikes {
  readonly since: Millis;
  count: number;
}

const ROUNDING: Millis = 1e-3;

/** How long it takes for so many tokens to flow in. */
function refillTime(tokens: number, { messagesPerSecond }: RateLimits): Millis {
  return (tokens * 1000) / messagesPerSecond;
}
