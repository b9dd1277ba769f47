import type { Millis } from './time.ts';

/** How much one peer may send. */
export interface AllowanceLimits {
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
export class Allowance {
  /** M19: since when a bucket that was empty then would hold what this one holds. Later than now: how long its debt takes. */
  #emptySince: Millis;
  #stumbles: Stumbles | undefined = undefined;

  constructor(limits: AllowanceLimits, now: Millis) {
    this.#emptySince = now - spanOf(limits.messageBurst, limits);
  }

  /**
   * M19: pays for one message, on credit if need be.
   * @returns how long until the debt is paid; 0 where there is none.
   */
  spend(limits: AllowanceLimits, now: Millis): Millis {
    const fullSince = now - spanOf(limits.messageBurst, limits);
    this.#emptySince = Math.max(this.#emptySince, fullSince) + spanOf(1, limits);
    // What is filled drop by drop is not exact to the last digit.
    const debt = this.#emptySince - now;
    return debt > ROUNDING ? Math.ceil(debt - ROUNDING) : 0;
  }

  /** How long until it is as it was at first: the bucket full, and no malformed message remembered. */
  timeUntilFull(limits: AllowanceLimits, now: Millis): Millis {
    const window = this.#stumbles === undefined ? 0 : this.#stumbles.since + limits.malformedWindow - now;
    return Math.max(this.debt(limits, now), window);
  }

  /** M19: how long until the bucket is full. */
  debt(limits: AllowanceLimits, now: Millis): Millis {
    return Math.max(0, this.#emptySince + spanOf(limits.messageBurst, limits) - now);
  }

  /** M10: counts one malformed message. @returns whether it was one too many for its window. */
  stumble(limits: AllowanceLimits, now: Millis): boolean {
    if (this.#stumbles === undefined || now - this.#stumbles.since >= limits.malformedWindow) {
      this.#stumbles = { since: now, count: 0 };
    }
    this.#stumbles.count += 1;
    return this.#stumbles.count > limits.malformedPerWindow;
  }
}

/** Malformed messages in one window; few peers ever need one. */
interface Stumbles {
  readonly since: Millis;
  count: number;
}

const ROUNDING: Millis = 1e-3;

/** How long it takes for so many tokens to flow in. */
function spanOf(tokens: number, { messagesPerSecond }: AllowanceLimits): Millis {
  return (tokens * 1000) / messagesPerSecond;
}
