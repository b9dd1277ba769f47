import type { Millis } from '../../../domain/time.ts';

/** A connection that was sent its last text. */
export interface Closing {
  /** Asks the far end to show that it has read all that it was sent. */
  ask(): void;
  /** Closes it: the far end has read all that it was sent, or has had its time. */
  part(): void;
}

/** How long a far end has to show that it has read its last text. */
const READING_GRACE: Millis = 1_000;

/**
 * The connections that are closed as soon as their far ends have read their last text, or after a grace. Nothing is
 * written from inside a handler of the library: there it would end the TCP connection with the close frame, and over
 * TLS lose what it has not read yet.
 */
export class Closings {
  /** With the moment of their end, the earliest first. */
  readonly #waiting = new Map<Closing, Millis>();
  readonly #unasked = new Set<Closing>();
  readonly #ready = new Set<Closing>();
  #timer: NodeJS.Timeout | undefined;
  #isScheduled = false;

  add(closing: Closing): void {
    this.#waiting.set(closing, performance.now() + READING_GRACE);
    this.#timer ??= setTimeout(() => this.#endOverdue(), READING_GRACE);
    this.#unasked.add(closing);
    this.#schedule();
  }

  hasRead(closing: Closing): void {
    if (!this.#waiting.delete(closing)) return;
    this.#ready.add(closing);
    this.#schedule();
  }

  /** It is closed, and not by `part`. */
  over(closing: Closing): void {
    this.#waiting.delete(closing);
    this.#unasked.delete(closing);
    this.#ready.delete(closing);
  }

  /** Waits no longer. */
  endAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const closing of [...this.#ready, ...this.#waiting.keys()]) this.#end(closing);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const closing of this.#unasked) closing.ask();
      this.#unasked.clear();
      for (const closing of this.#ready) this.#end(closing);
    });
  }

  #endOverdue(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [closing, end] of this.#waiting) {
      if (end > now) {
        this.#timer = setTimeout(() => this.#endOverdue(), end - now);
        return;
      }
      this.#end(closing);
    }
  }

  #end(closing: Closing): void {
    this.over(closing);
    closing.part();
  }
}
