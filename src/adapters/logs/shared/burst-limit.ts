/** How many lines of one kind are written in one window. */
const MAX_LINES = 20;
const WINDOW_MS = 10_000;
/** More kinds than these share one account. */
const MAX_KINDS = 100;
const OTHERS = 'others';

/** Bounds the lines of a flood: of each kind so many in a window, and at its end one line with the number of the others. */
export class BurstLimit {
  readonly #onSuppressed: (kind: string, count: number) => void;
  readonly #counts = new Map<string, number>();
  #window: NodeJS.Timeout | undefined;

  /** @param tell is called for each kind of which lines were held back, when the window is over. */
  constructor(tell: (kind: string, count: number) => void) {
    this.#onSuppressed = tell;
  }

  /** @returns whether one more line of that kind may be written. */
  admits(kind: string): boolean {
    // A window is no reason for the process to live.
    this.#window ??= setTimeout(() => this.end(), WINDOW_MS).unref();
    const account = this.#counts.has(kind) || this.#counts.size < MAX_KINDS ? kind : OTHERS;
    const count = (this.#counts.get(account) ?? 0) + 1;
    this.#counts.set(account, count);
    return count <= MAX_LINES;
  }

  /** Ends the window, and tells what was held back. */
  end(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const counts = [...this.#counts];
    this.#counts.clear();
    for (const [kind, count] of counts) if (count > MAX_LINES) this.#onSuppressed(kind, count - MAX_LINES);
  }
}
