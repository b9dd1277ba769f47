import type { Millis } from '../../src/domain/time.ts';

/** Time that passes by itself is looked at this often, where nothing happens. */
const LOOK_MS = 25;

/** Waits for conditions that events make true. One who waits at a time. */
export class Watch {
  readonly #startedAt = performance.now();
  #wake: () => void = () => undefined;

  /** Since it was made. */
  get now(): Millis {
    return performance.now() - this.#startedAt;
  }

  /** Something has happened. */
  stir(): void {
    this.#wake();
  }

  /** @returns whether `holds` came true within `ms`. It is asked after every event, and now and then. */
  async until(holds: () => boolean, ms: Millis): Promise<boolean> {
    const deadline = this.now + ms;
    while (!holds()) {
      const left = deadline - this.now;
      if (left <= 0) return false;
      await this.#eventWithin(Math.min(left, LOOK_MS));
    }
    return true;
  }

  #eventWithin(ms: Millis): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
