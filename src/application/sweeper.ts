import { NEVER, type Millis } from '../domain/time.ts';
import type { Clock, Wakeup } from './ports/clock.ts';

/**
 * Wakes when the earliest deadline has come, but not more often than once in an interval. Costs
 * nothing while nothing is due: deadlines only ever move away from the one that is expected.
 */
export class Sweeper {
  readonly #clock: Clock;
  readonly #interval: Millis;
  #sweep: () => Millis = () => NEVER;
  #wakeup: Wakeup | undefined = undefined;
  #wakesAt: Millis = NEVER;
  #sweptAt: Millis;

  constructor(clock: Clock, interval: Millis) {
    this.#clock = clock;
    this.#interval = interval;
    this.#sweptAt = clock.now() - interval;
  }

  /** @param sweep does the work, and says when it is next needed. */
  onWake(sweep: () => Millis): void {
    this.#sweep = sweep;
  }

  /** Something will be due at `deadline`. */
  expect(deadline: Millis): void {
    const at = Math.max(deadline, this.#sweptAt + this.#interval);
    if (at >= this.#wakesAt) return;
    this.#wakeup?.cancel();
    this.#wakesAt = at;
    this.#wakeup = this.#clock.wakeAt(at, () => this.#wake());
  }

  stop(): void {
    this.#wakeup?.cancel();
    this.#wakesAt = -NEVER;
  }

  #wake(): void {
    this.#wakesAt = NEVER;
    this.#sweptAt = this.#clock.now();
    this.expect(this.#sweep());
  }
}
