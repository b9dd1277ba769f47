import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Millis } from '../../../src/domain/time.ts';

/** Steps without wake-ups, in which the promises of the last wake-ups settle. */
const SETTLING_STEPS = 2;

/** Advances a clock in steps. A span in which nothing is due is one step, because most of the simulated time is idle. */
export class TimeSteps {
  readonly #clock: ManualClock;
  #idleSteps = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  /** Advances by `step`, or until the last multiple of it before the next wake-up; not beyond `until`. */
  advance(until: Millis, step: Millis): void {
    const now = this.#clock.now();
    const idle = Math.floor((this.#clock.nextWakeup() - now) / step);
    this.#idleSteps = idle > 0 ? this.#idleSteps + 1 : 0;
    const steps = this.#idleSteps > SETTLING_STEPS ? idle : 1;
    this.#clock.advance(Math.min(steps * step, until - now));
  }
}
