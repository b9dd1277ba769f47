import { NEVER, type Millis } from '../domain/time.ts';
import type { Clock, Wakeup } from './ports/clock.ts';

/** The work that is done at a deadline. */
export interface Sweep {
  /** Handles everything that is due. @returns the next deadline. */
  sweep(): Millis;
  /** L6: the process was suspended for `span`. Called before frames that arrived meanwhile are handled. */
  paused(span: Millis): void;
}

/**
 * L6: a longer delay is no ordinary one: the process was suspended, or its event loop was blocked. Frames that wait in the
 * sockets are read first, and answers to pings get the time of a round trip.
 */
const PAUSE_THRESHOLD: Millis = 500;
const CATCH_UP_TIME: Millis = 1_000;

const NOTHING: Sweep = { sweep: () => NEVER, paused: () => undefined };

/**
 * Wakes at the earliest deadline, at most once in an interval. Costs nothing while nothing is due, because deadlines only ever
 * move away from the expected one.
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

  /** Announces work that is due at `deadline`. The sweep is delayed to the end of the current interval if that is later. */
  schedule(deadline: Millis): void {
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
    // Postponed at most once in a row, so that a process that is always busy still closes idle connections.
    if (late >= PAUSE_THRESHOLD && !this.#isPostponed) return this.#postpone(now);
    this.#isPostponed = false;
    this.#earliest = now + this.#interval;
    this.schedule(this.#work.sweep());
  }

  #postpone(now: Millis): void {
    this.#isPostponed = true;
    this.#earliest = now + Math.max(this.#interval, CATCH_UP_TIME);
    this.schedule(now);
  }
}
