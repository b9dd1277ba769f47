const TICK_MS = 10;

/**
 * Measures how late timers of this process fire: the delay that the machine itself adds to every observation, for example
 * because other processes use its processors.
 */
export class DelayMeter {
  #last = performance.now();
  readonly #startedAt = performance.now();
  #longest = 0;
  #total = 0;
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

  /** How long timers were overdue since the start, in milliseconds. */
  get total(): number {
    this.#tick();
    return this.#total;
  }

  /** The part of the time since the start in which a timer was overdue, from 0 to 1. */
  get share(): number {
    return this.total / Math.max(1, this.#last - this.#startedAt);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    const delay = Math.max(0, now - this.#last - TICK_MS);
    this.#longest = Math.max(this.#longest, delay);
    this.#total += delay;
    this.#last = now;
  }
}
