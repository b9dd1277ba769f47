import { invariant } from '../domain/invariant.ts';

/** The capacity of the queue that is kept after a turn. */
const MAX_KEPT = 1_024;

/**
 * Handles one fact at a time: a fact is taken in, its decisions are performed, then the next fact follows. Facts that arrive
 * meanwhile are queued, such as the callback of a directory or a mailbox store. A single node, a cluster and the simulator
 * therefore share one code path.
 */
export class Turns {
  readonly #onFault: (error: unknown) => void;
  /** Its length stays, because an array that was emptied allocates memory again in the next turn. */
  readonly #queue: ((() => void) | undefined)[] = [];
  /** Facts in the queue. */
  #queued = 0;
  #isBusy = false;

  /** @param onFault receives what a queued fact threw: a bug of the broker, never caused by the network alone. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Runs `fact` now, or after the queued facts. */
  run(fact: () => void): void {
    this.#queue[this.#queued] = fact;
    this.#queued += 1;
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
    for (let i = 0; i < this.#queued; i++) {
      const fact = this.#queue[i];
      this.#queue[i] = undefined;
      try {
        fact?.();
      } catch (error) {
        this.#onFault(error);
      }
    }
    this.#queued = 0;
    if (this.#queue.length > MAX_KEPT) this.#queue.length = 0;
    this.#isBusy = false;
  }
}
