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

/** What one peer has left: a token bucket for its messages, a window for its malformed ones. */
export class Allowance {
  #tokens: number;
  #filledAt: Millis;
  #malformed = 0;
  #windowOpenedAt: Millis;

  constructor(limits: AllowanceLimits, now: Millis) {
    this.#tokens = limits.messageBurst;
    this.#filledAt = now;
    this.#windowOpenedAt = now;
  }

  /**
   * M19: pays for one message, on credit if need be.
   * @returns how long until the debt is paid; 0 where there is none.
   */
  spend(limits: AllowanceLimits, now: Millis): Millis {
    if (this.#tokens < limits.messageBurst) {
      const flowed = ((now - this.#filledAt) * limits.messagesPerSecond) / 1000;
      this.#tokens = Math.min(limits.messageBurst, this.#tokens + flowed);
    }
    this.#filledAt = now;
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * 1000) / limits.messagesPerSecond);
  }

  /** M10: counts one malformed message. @returns whether it was one too many for its window. */
  stumble(limits: AllowanceLimits, now: Millis): boolean {
    if (now - this.#windowOpenedAt >= limits.malformedWindow) {
      this.#windowOpenedAt = now;
      this.#malformed = 0;
    }
    this.#malformed += 1;
    return this.#malformed > limits.malformedPerWindow;
  }
}
