/** Whose writes wait for the end of the turn. */
export interface Corked {
  /** Lets out what waits. */
  uncork(): void;
}

/** Comes once at the end of each turn of the event loop in which something was written, for all connections together. */
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
