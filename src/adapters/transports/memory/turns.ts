/** Runs turns one after another, never one inside another. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isRunning = false;

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Runs `turn` and all turns that follow from it before the call returns; inside a turn, right after the current one. */
  run(turn: () => void): void {
    this.#waiting.push(turn);
    this.settle();
  }

  /**
   * Queues `turn` behind the running turn. If none is running, as after a wake-up of the clock, it runs with the next `run` or
   * `settle`, at the latest when the caller's stack is empty.
   */
  defer(turn: () => void): void {
    this.#waiting.push(turn);
    if (!this.#isRunning) queueMicrotask(() => this.settle());
  }

  /** Runs all queued turns. Harmless inside a turn. */
  settle(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) turn();
    } finally {
      this.#isRunning = false;
    }
  }
}
