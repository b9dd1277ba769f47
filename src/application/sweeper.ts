import { NEVER, type Millis } from '../domain/time.ts';
import type { Clock, Wakeup } from './ports/clock.ts';

/** What is done when a deadline has come. */
export interface Sweep {
  /** Finds what is due. @returns when it is next needed. */
  sweep(): Millis;
  /** L6: for `span` the process did not run. Called before what arrived meanwhile is judged. */
  paused(span: Millis): void;
}

/**
 * L6: a wake-up that comes later than this is no ordinary delay: the process was stopped, or was busy with something else.
 * What waits in the sockets is read first, and answers to pings get the time of a round trip.
 */
const STANDSTILL: Millis = 500;
const READING_TIME: Millis = 1_000;

const NOTHING: Sweep = { sweep: () => NEVER, paused: () => undefined };

/**
 * Wakes when the earliest deadline has come, but not more often than once in an interval. Costs
 * nothing while nothing is due: deadlines only ever move away from the one that is expected.
 */
export class Sweeper {
  readonly #clock: Clock;
  readonly #interval: Millis;
  #work: Sweep = NOTHING;
  #wakeup: Wakeup | undefined = undefined;
  #wakesAt: Millis = NEVER;
  #earliest: Millis;
  #isPostponed = false;

  constructor(clock: Clock, interval: Millis) {
    this.#clock = clock;
    this.#interval = interval;
    this.#earliest = clock.now();
  }

  onWake(work: Sweep): void {
    this.#work = work;
  }

  /** Something will be due at `deadline`. */
  scheduleBy(deadline: Millis): void {
    const at = Math.max(deadline, this.#earliest);
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
    const now = this.#clock.now();
    const late = now - this.#wakesAt;
    this.#wakesAt = NEVER;
    if (late > 0) this.#work.paused(late);
    // Once only: a process that is always busy still finds the silent.
    if (late >= STANDSTILL && !this.#isPostponed) return this.#postpone(now);
    this.#isPostponed = false;
    this.#earliest = now + this.#interval;
    this.scheduleBy(this.#work.sweep());
  }

  #postpone(now: Millis): void {
    this.#isPostponed = true;
    this.#earliest = now + Math.max(this.#interval, READING_TIME);
    this.scheduleBy(now);
  }
}
