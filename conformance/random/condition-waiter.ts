import type { Millis } from '../../src/domain/time.ts';

/** Polling interval for conditions that depend on time only. */
const POLL_MS = 25;

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

  /** @returns true if `holds` became true within `ms`. The condition is evaluated after each event and periodically. */
  async waitUntil(holds: () => boolean, ms: Millis): Promise<boolean> {
    const deadline = this.now + ms;
    while (!holds()) {
      const left = deadline - this.now;
      if (left <= 0) return false;
      await this.#eventWithin(Math.min(left, POLL_MS));
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
