import type { Millis } from '../../src/domain/time.ts';

/** Polling interval for conditions that depend on time only. */
const POLL_MS = 25;
/** A wait between two evaluations counts as this at most: time in which this process did not run is no delay of the server. */
const LONGEST_COUNTED_MS = 2 * POLL_MS;

/** Waits for conditions that events make true. Only one wait can be active. */
export class ConditionWaiter {
  readonly #startedAt = performance.now();
  #onEvent: () => void = () => undefined;

  /** Milliseconds since the creation. */
  get now(): Millis {
    return performance.now() - this.#startedAt;
  }

  /** Re-evaluates the condition after an event. */
  notify(): void {
    this.#onEvent();
  }

  /**
   * Evaluates the condition after each event and periodically. A busy machine extends the time limit.
   * @returns true if `holds` became true within `ms`
   */
  async waitUntil(holds: () => boolean, ms: Millis): Promise<boolean> {
    let left = ms;
    while (!holds()) {
      if (left <= 0) return false;
      const before = this.now;
      await this.#eventWithin(Math.min(left, POLL_MS));
      left -= Math.min(this.now - before, LONGEST_COUNTED_MS);
    }
    return true;
  }

  #eventWithin(ms: Millis): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms));
      this.#onEvent = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
