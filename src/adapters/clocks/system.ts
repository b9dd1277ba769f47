import { performance } from 'node:perf_hooks';
import type { Clock, Wakeup } from '../../application/ports/clock.ts';
import type { Millis } from '../../domain/time.ts';

// Node fires a timer with a longer delay immediately.
const LONGEST_TIMER: Millis = 2 ** 31 - 1;

/** The monotonic clock of the machine: a change of the wall clock does not close connections. */
export class SystemClock implements Clock {
  now(): Millis {
    return Math.floor(performance.now());
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    const fire = (): void => {
      if (this.now() >= at) return wake();
      timer = this.#arm(at, fire);
    };
    let timer = this.#arm(at, fire);
    return { cancel: () => clearTimeout(timer) };
  }

  /** Unreferenced: a pending wake-up does not keep the process running. */
  #arm(at: Millis, fire: () => void): NodeJS.Timeout {
    const span = Math.min(Math.max(0, at - this.now()), LONGEST_TIMER);
    return setTimeout(fire, span).unref();
  }
}
