import type { Millis } from '../../../domain/time.ts';

/** A connection that was sent its last text. */
export interface ClosingConnection {
  /** Asks the far end to show that it has read all that it was sent. */
  sendPing(): void;
  /** Closes it: the far end has read all that it was sent, or has had its time. */
  sendClose(): void;
}

/** How long a far end has to show that it has read its last text. */
const READ_GRACE: Millis = 1_000;

/**
 * The connections that are closed as soon as their far ends have read their last text, or after a grace. Nothing is
 * written from inside a handler of the library: there it would end the TCP connection with the close frame, and over
 * TLS lose what it has not read yet.
 */
export class PendingCloses {
  /** With the moment of their end, the earliest first. */
  readonly #waiting = new Map<ClosingConnection, Millis>();
  readonly #unpinged = new Set<ClosingConnection>();
  readonly #ready = new Set<ClosingConnection>();
  #timer: NodeJS.Timeout | undefined;
  #isScheduled = false;

  add(closing: ClosingConnection): void {
    this.#waiting.set(closing, performance.now() + READ_GRACE);
    this.#timer ??= setTimeout(() => this.#closeOverdue(), READ_GRACE);
    this.#unpinged.add(closing);
    this.#schedule();
  }

  acknowledged(closing: ClosingConnection): void {
    if (!this.#waiting.delete(closing)) return;
    this.#ready.add(closing);
    this.#schedule();
  }

  /** It is closed, and not by `part`. */
  remove(closing: ClosingConnection): void {
    this.#waiting.delete(closing);
    this.#unpinged.delete(closing);
    this.#ready.delete(closing);
  }

  /** Waits no longer. */
  closeAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const closing of [...this.#ready, ...this.#waiting.keys()]) this.#close(closing);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const closing of this.#unpinged) closing.sendPing();
      this.#unpinged.clear();
      for (const closing of this.#ready) this.#close(closing);
    });
  }

  #closeOverdue(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [closing, end] of this.#waiting) {
      if (end > now) {
        this.#timer = setTimeout(() => this.#closeOverdue(), end - now);
        return;
      }
      this.#close(closing);
    }
  }

  #close(closing: ClosingConnection): void {
    this.remove(closing);
    closing.sendClose();
  }
}
