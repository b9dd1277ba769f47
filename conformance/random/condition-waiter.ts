import type { Millis } from '../../src/domain/time.ts';

/** Time that passes by itself is looked at this often, where nothing happens. */
const POLL_MS = 25;

/** Waits for conditions that events make true. One who waits at a time. */
export class ConditionWaiter {
  readonly #startedAt = performance.now();
  #onEvent: () => void = () => undefined;

  /** Since it was made. */
  get now(): Millis {
    return performance.now() - this.#startedAt;
  }

  /** Something has happened. */
  notify(): void {
    this.#onEvent();
  }

  /** @returns whether `holds` came true within `ms`. It is asked after every event, and now and then. */
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
