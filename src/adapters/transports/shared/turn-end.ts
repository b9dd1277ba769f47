/** A writer whose writes wait for the end of the turn. */
export interface Corked {
  /** Sends the pending writes. */
  uncork(): void;
}

/** Uncorks all scheduled writers at the end of each event-loop turn. */
export class TurnEnd {
  readonly #corked: Corked[] = [];
  #afterAll: (() => void) | undefined;
  readonly #end = (): void => {
    for (const one of this.#corked) one.uncork();
    this.#corked.length = 0;
    this.#afterAll?.();
  };

  /** Calls the listener whenever all scheduled writers have sent. */
  afterAll(listener: () => void): void {
    this.#afterAll = listener;
  }

  schedule(one: Corked): void {
    if (this.#corked.push(one) === 1) setImmediate(this.#end);
  }
}
