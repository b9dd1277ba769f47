import type { Clock } from './ports/clock.ts';

/** M23: runs one step in the next turn of the event loop, once for any number of requests. */
export class NextTurn {
  readonly #clock: Clock;
  readonly #step: () => void;
  #isScheduled = false;

  /** @param step runs outside a turn of the broker, and may request the next turn again. */
  constructor(clock: Clock, step: () => void) {
    this.#clock = clock;
    this.#step = step;
  }

  request(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.wakeAt(this.#clock.now(), () => {
      this.#isScheduled = false;
      this.#step();
    });
  }
}
