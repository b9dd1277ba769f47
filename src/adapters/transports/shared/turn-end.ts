/** A writer whose writes wait for the end of the turn. */
export interface Corked {
  /** Sends the pending writes. */
  uncork(): void;
}

/** Uncorks all scheduled writers at the end of each event-loop turn. */
export class TurnEnd {
  readonly #corked: Corked[] = [];
  readonly #end = (): void => {
    for (const one of this.#corked) one.uncork();
    this.#corked.length = 0;
  };

  schedule(one: Corked): void {
    if (this.#corked.push(one) === 1) setImmediate(this.#end);
  }
}
