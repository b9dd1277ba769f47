import type { Clock } from '../../../application/ports/clock.ts';
import type { Log } from '../../../application/ports/log.ts';
import type { Millis } from '../../../domain/time.ts';

/** The least time between two lines about failures. */
const INTERVAL: Millis = 10_000;

/** Logs the failures of one backend: the first one, then at most one line in each interval, and its recovery. */
export class FailureLog {
  readonly #authorizer: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #failures = 0;
  #nextLineAt: Millis = Number.NEGATIVE_INFINITY;
  #isLost = false;

  /** @param authorizer the kind of the backend. */
  constructor(authorizer: string, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#authorizer = authorizer;
    this.#clock = clock;
    this.#log = log;
  }

  /** @param detail the cause, without secrets. */
  failed(detail: string): void {
    this.#failures += 1;
    const now = this.#clock.now();
    if (now < this.#nextLineAt) return;
    this.#log.record({ event: 'authorizer-lost', authorizer: this.#authorizer, detail, failures: this.#failures });
    this.#failures = 0;
    this.#nextLineAt = now + INTERVAL;
    this.#isLost = true;
  }

  succeeded(): void {
    if (this.#isLost) this.#log.record({ event: 'authorizer-reached', authorizer: this.#authorizer });
    this.#isLost = false;
  }
}
