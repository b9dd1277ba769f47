import type { Millis } from '../../../domain/time.ts';
import { CLOSE_GRACE } from '../shared/settings.ts';

/** A connection to which the last text was sent. */
export interface ClosingConnection {
  /** Sends a ping. The pong shows that the client has read all earlier texts. */
  sendPing(): void;
  /** Closes the connection: the client has read all texts, or the timeout is over. */
  sendClose(): void;
}

/** M23: pings, and close frames, of one turn of the event loop. Each is one write, which takes about 10 µs. */
const WRITES_PER_TURN = 100;

/**
 * Closes connections when the client has read the last text, or after a timeout. Never writes within a handler of the library:
 * there the library would end the TCP connection together with the close frame, and over TLS lose unread input.
 */
export class PendingCloses {
  /** The deadline of each connection, the earliest first. */
  readonly #waiting = new Map<ClosingConnection, Millis>();
  readonly #unpinged = new Set<ClosingConnection>();
  readonly #ready = new Set<ClosingConnection>();
  #timer: NodeJS.Timeout | undefined;
  #isScheduled = false;

  add(closing: ClosingConnection): void {
    this.#waiting.set(closing, performance.now() + CLOSE_GRACE);
    this.#timer ??= setTimeout(() => this.#closeOverdue(), CLOSE_GRACE);
    this.#unpinged.add(closing);
    this.#schedule();
  }

  acknowledged(closing: ClosingConnection): void {
    if (!this.#waiting.delete(closing)) return;
    this.#ready.add(closing);
    this.#schedule();
  }

  /** The connection was closed by other means than `sendClose`. */
  remove(closing: ClosingConnection): void {
    this.#waiting.delete(closing);
    this.#unpinged.delete(closing);
    this.#ready.delete(closing);
  }

  /** Closes all connections without waiting. */
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
      for (const closing of firstOf(this.#unpinged)) {
        this.#unpinged.delete(closing);
        closing.sendPing();
      }
      for (const closing of firstOf(this.#ready)) this.#close(closing);
      if (this.#unpinged.size > 0 || this.#ready.size > 0) this.#schedule();
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
      this.acknowledged(closing);
    }
  }

  #close(closing: ClosingConnection): void {
    this.remove(closing);
    closing.sendClose();
  }
}

function firstOf(closings: Iterable<ClosingConnection>): ClosingConnection[] {
  const first: ClosingConnection[] = [];
  for (const closing of closings) if (first.push(closing) === WRITES_PER_TURN) break;
  return first;
}
