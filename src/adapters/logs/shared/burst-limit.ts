/** Lines of one kind that are written in one window. */
const MAX_LINES = 20;
const WINDOW_MS = 10_000;
/** Further kinds share one counter. */
const MAX_KINDS = 100;
const OTHERS = 'others';

/** Limits the lines of each kind in a window. At the end of the window, one line reports the number of suppressed lines. */
export class BurstLimit {
  readonly #onSuppressed: (kind: string, count: number) => void;
  readonly #counts = new Map<string, number>();
  #window: NodeJS.Timeout | undefined;

  /** @param onSuppressed is called at the end of the window, for each kind with suppressed lines. */
  constructor(onSuppressed: (kind: string, count: number) => void) {
    this.#onSuppressed = onSuppressed;
  }

  /** @returns whether one more line of this kind may be written. */
  admits(kind: string): boolean {
    // An open window does not keep the process running.
    this.#window ??= setTimeout(() => this.end(), WINDOW_MS).unref();
    const account = this.#counts.has(kind) || this.#counts.size < MAX_KINDS ? kind : OTHERS;
    const count = (this.#counts.get(account) ?? 0) + 1;
    this.#counts.set(account, count);
    return count <= MAX_LINES;
  }

  /** Ends the window, and reports the suppressed lines. */
  end(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const counts = [...this.#counts];
    this.#counts.clear();
    for (const [kind, count] of counts) if (count > MAX_LINES) this.#onSuppressed(kind, count - MAX_LINES);
  }
}
