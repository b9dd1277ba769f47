import type { Clock, Wakeup } from '../../application/ports/clock.ts';
import { NEVER, type Millis } from '../../domain/time.ts';

interface PendingWakeup {
  readonly at: Millis;
  readonly order: number;
  readonly wake: () => void;
}

/** A clock for tests: time passes only when a test advances it. */
export class ManualClock implements Clock {
  #now: Millis = 0;
  #order = 0;
  /** Sorted by time, then by the order of scheduling. */
  readonly #pending: PendingWakeup[] = [];

  now(): Millis {
    return this.#now;
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    const entry = { at, order: this.#order++, wake };
    this.#pending.splice(this.#placeOf(entry), 0, entry);
    return {
      cancel: () => {
        const place = this.#placeOf(entry);
        if (this.#pending[place] === entry) this.#pending.splice(place, 1);
      },
    };
  }

  /** L6: advances the clock without waking, as while the process is suspended. Due wake-ups run at the next `advance`. */
  advanceWithoutWaking(span: Millis): void {
    this.#now += span;
  }

  /** The time of the next wake-up. */
  nextWakeup(): Millis {
    return this.#pending[0]?.at ?? NEVER;
  }

  /** Advances the clock and runs each due wake-up at its own time. */
  advance(span: Millis): void {
    const until = this.#now + span;
    for (let due = this.#pending[0]; due !== undefined && due.at <= until; due = this.#pending[0]) {
      this.#pending.shift();
      this.#now = Math.max(this.#now, due.at);
      due.wake();
    }
    this.#now = Math.max(this.#now, until);
  }

  /** @returns the index of the entry, or the index at which it keeps the order. */
  #placeOf({ at, order }: PendingWakeup): number {
    let [low, high] = [0, this.#pending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#pending[middle];
      if (other !== undefined && (other.at < at || (other.at === at && other.order < order))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
