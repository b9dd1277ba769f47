import { invariant } from '../domain/invariant.ts';

/**
 * Handles one fact at a time: a fact is taken in, its decisions are performed, then the next fact follows. Facts that arrive
 * meanwhile are queued, such as the callback of a directory or a mailbox store. A single node, a cluster and the simulator
 * therefore share one code path.
 */
export class Turns {
  readonly #onFault: (error: unknown) => void;
  readonly #queue: (() => void)[] = [];
  #isBusy = false;

  /** @param onFault receives what a queued fact threw: a bug of the broker, never caused by the network alone. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Runs `fact` now, or after the queued facts. */
  run(fact: () => void): void {
    this.#queue.push(fact);
    if (this.#isBusy) return;
    this.begin();
    this.end();
  }

  /** Opens a turn without allocating a closure, for the hot path. Each `begin` needs an `end`. */
  begin(): void {
    invariant(!this.#isBusy, 'transports report only between turns');
    this.#isBusy = true;
  }

  /** Runs the queued facts, then closes the turn. */
  end(): void {
    for (let i = 0; i < this.#queue.length; i++) {
      try {
        this.#queue[i]?.();
      } catch (error) {
        this.#onFault(error);
      }
    }
    if (this.#queue.length > 0) this.#queue.length = 0;
    this.#isBusy = false;
  }
}
