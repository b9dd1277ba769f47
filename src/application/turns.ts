import { invariant } from '../domain/invariant.ts';

/**
 * One fact at a time. A fact is taken in, all that was decided is performed, then the next: what
 * comes up meanwhile (an answer of a directory or a mailbox store, from inside the call or later)
 * waits its turn. So one code path serves a single node, a cluster and the simulator.
 */
export class Turns {
  readonly #onFault: (error: unknown) => void;
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  /** @param onFault hears what a queued fact threw: a bug of ours, never the network's doing. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Runs `fact` now, or after those that wait. */
  run(fact: () => void): void {
    this.#waiting.push(fact);
    if (this.#isBusy) return;
    this.begin();
    this.end();
  }

  /** Opens a turn without a closure, for the hot path. Each `begin` has its `end`. */
  begin(): void {
    invariant(!this.#isBusy, 'the world reports only between turns');
    this.#isBusy = true;
  }

  /** Takes in what came up meanwhile, then closes the turn. */
  end(): void {
    for (let i = 0; i < this.#waiting.length; i++) {
      try {
        this.#waiting[i]?.();
      } catch (error) {
        this.#onFault(error);
      }
    }
    if (this.#waiting.length > 0) this.#waiting.length = 0;
    this.#isBusy = false;
  }
}
