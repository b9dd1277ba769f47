import type { Clock, Wakeup } from '../../application/ports/clock.ts';
import type { Millis } from '../../domain/time.ts';

interface HangDetectorParts<Worker> {
  readonly clock: Clock;
  readonly interval: Millis;
  readonly ping: (worker: Worker) => void;
  /** Called once for each worker. @param silence the time since its oldest ping without an answer. */
  readonly hangs: (worker: Worker, silence: Millis) => void;
}

/** Pings without an answer. A garbage collection, or a busy machine, delays one of them. */
const MAX_UNANSWERED = 4;

/**
 * Detects workers that are alive and handle no messages, such as one in an endless loop. Counts pings and not time, so that a
 * machine that was suspended, or a primary process that did not run, ends no worker.
 */
export class HangDetector<Worker> {
  readonly #parts: HangDetectorParts<Worker>;
  /** Unanswered pings of each worker. */
  readonly #unanswered = new Map<Worker, number>();
  #pingedAt: Millis = 0;
  #wakeup: Wakeup | undefined = undefined;

  constructor(parts: HangDetectorParts<Worker>) {
    this.#parts = parts;
  }

  /** Repeated for a known worker, changes nothing. */
  watch(worker: Worker): void {
    if (!this.#unanswered.has(worker)) this.#unanswered.set(worker, 0);
    if (this.#wakeup === undefined) this.#schedule();
  }

  answered(worker: Worker): void {
    if (this.#unanswered.has(worker)) this.#unanswered.set(worker, 0);
  }

  forget(worker: Worker): void {
    this.#unanswered.delete(worker);
  }

  stop(): void {
    this.#unanswered.clear();
    this.#wakeup?.cancel();
    this.#wakeup = undefined;
  }

  #schedule(): void {
    const { clock, interval } = this.#parts;
    this.#pingedAt = clock.now();
    this.#wakeup = clock.wakeAt(this.#pingedAt + interval, () => this.#pingAll());
  }

  #pingAll(): void {
    const { clock, interval, ping, hangs } = this.#parts;
    // This process did not run, so that answers may wait, or the workers did not run either.
    const isLate = clock.now() - this.#pingedAt >= 2 * interval;
    for (const [worker, unanswered] of this.#unanswered) {
      if (!isLate && unanswered >= MAX_UNANSWERED) {
        this.#unanswered.delete(worker);
        hangs(worker, unanswered * interval);
      } else {
        this.#unanswered.set(worker, isLate ? 1 : unanswered + 1);
        ping(worker);
      }
    }
    this.#schedule();
  }
}
