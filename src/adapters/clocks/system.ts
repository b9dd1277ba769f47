import { performance } from 'node:perf_hooks';
import type { Clock, Wakeup } from '../../application/ports/clock.ts';
import type { Millis } from '../../domain/time.ts';

// Node fires a longer timer at once.
const LONGEST_TIMER: Millis = 2 ** 31 - 1;

/** The machine's monotonic clock: a step of the wall clock cuts nobody off. */
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

  /** A broker that waits is no reason for its process to live. */
  #arm(at: Millis, fire: () => void): NodeJS.Timeout {
    const span = Math.min(Math.max(0, at - this.now()), LONGEST_TIMER);
    return setTimeout(fire, span).unref();
  }
}
