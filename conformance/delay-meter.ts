const TICK_MS = 10;

/**
 * Measures how late timers of this process fire: the delay that the machine itself adds to every observation, for example
 * because other processes use its processors.
 */
export class DelayMeter {
  #last = performance.now();
  #longest = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  /** The longest delay since the start, in milliseconds. */
  get longest(): number {
    this.#tick();
    return Math.round(this.#longest);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - TICK_MS);
    this.#last = now;
  }
}
