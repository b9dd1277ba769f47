/** A writer whose writes wait for the end of the turn. */
export interface Corked {
  /** Sends the pending writes. */
  uncork(): void;
}

/** Uncorks all scheduled writers at the end of each event-loop turn. */
export class TurnEnd {
  readonly #corked: Corked[] = [];
  #afterAll: (() => void) | undefined;
  #isScheduled = false;
  readonly #end = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  /** Calls the listener whenever all scheduled writers have sent. */
  afterAll(listener: () => void): void {
    this.#afterAll = listener;
  }

  schedule(one: Corked): void {
    this.#corked.push(one);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#end);
  }

  /** Uncorks all scheduled writers now. */
  flush(): void {
    for (const one of this.#corked) one.uncork();
    this.#corked.length = 0;
    this.#afterAll?.();
  }
}
