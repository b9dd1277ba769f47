import type { Clock, Wakeup } from '../../application/ports/clock.ts';
import { NEVER, type Millis } from '../../domain/time.ts';

/** A clock for tests: time passes only when a test advances it. */
export class ManualClock implements Clock {
  #now: Millis = 0;
  #order = 0;
  readonly #pending: { readonly at: Millis; readonly order: number; readonly wake: () => void }[] = [];

  now(): Millis {
    return this.#now;
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    const entry = { at, order: this.#order++, wake };
    this.#pending.push(entry);
    this.#pending.sort((a, b) => a.at - b.at || a.order - b.order);
    return {
      cancel: () => {
        const place = this.#pending.indexOf(entry);
        if (place >= 0) this.#pending.splice(place, 1);
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
}
