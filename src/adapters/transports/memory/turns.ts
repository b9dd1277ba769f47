/** Runs one turn after the other, never one inside another. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isRunning = false;

  /** Runs `turn`, and what follows from it, before it returns; from inside a turn: right after that one. */
  run(turn: () => void): void {
    this.#waiting.push(turn);
    this.settle();
  }

  /**
   * Leaves `turn` for the end of the running turn. Where none is running, as when a clock woke the
   * broker, it waits for the next `run` or `settle`, or at last for the caller's stack to be empty.
   */
  defer(turn: () => void): void {
    this.#waiting.push(turn);
    if (!this.#isRunning) queueMicrotask(() => this.settle());
  }

  /** Runs all that waits. Harmless from inside a turn. */
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
