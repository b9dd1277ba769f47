import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';

/** H15: requests that a connection may send before the first of them is answered. */
const MAX_AHEAD = 100;

/** What ends with an event `close`: a TCP connection, or an answer of HTTP/2. */
interface Carrier {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/**
 * One connection of `node:http` and what it owes. Requests may be pipelined: Node parses all that came in one
 * packet, and a response behind another one has no socket, so it emits neither `finish` nor `close` by itself.
 */
export class Line {
  readonly #carrier: Carrier;
  readonly #maxOwedBytes: number;
  readonly #whenGone = new Set<() => void>();
  /** Requests without a complete answer. */
  #ahead = 0;
  /** Bytes of answers that the system has not taken yet. */
  #owedBytes = 0;
  #isStreaming = false;
  #isGone = false;
  #whenIdle: (() => void) | undefined;

  constructor(carrier: Carrier, maxOwedBytes: number) {
    this.#carrier = carrier;
    this.#maxOwedBytes = maxOwedBytes;
    carrier.once('close', () => {
      this.#isGone = true;
      this.#whenIdle = undefined;
      for (const gone of this.#whenGone) gone();
      this.#whenGone.clear();
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** H15. @returns whether the request may be served. Nothing is served behind a stream: it would never be answered. */
  asks(response: ServerResponse): boolean {
    if (this.#isStreaming || this.#ahead >= MAX_AHEAD || this.#owedBytes > this.#maxOwedBytes) return false;
    this.#ahead++;
    response.once('finish', () => {
      this.#ahead--;
      if (this.#ahead > 0) return;
      const idle = this.#whenIdle;
      this.#whenIdle = undefined;
      idle?.();
    });
    return true;
  }

  /** H15. @returns whether an answer of so many bytes may be written. */
  owes(response: ServerResponse, bytes: number): boolean {
    if (this.#owedBytes > 0 && this.#owedBytes + bytes > this.#maxOwedBytes) return false;
    this.#owedBytes += bytes;
    response.once('finish', () => {
      this.#owedBytes -= bytes;
    });
    return true;
  }

  /** The answer to the last request stays open. */
  streams(): void {
    this.#isStreaming = true;
  }

  /** Whether every request is answered. */
  get isIdle(): boolean {
    return this.#ahead === 0;
  }

  /** Calls `then` when every request is answered; never if the connection ends before. */
  whenIdle(then: () => void): void {
    this.#whenIdle = then;
  }

  /** Calls `gone` at the end of the connection, unless the returned function was called before. */
  whenGone(gone: () => void): () => void {
    this.#whenGone.add(gone);
    return () => void this.#whenGone.delete(gone);
  }

  cut(): void {
    this.#carrier.destroy();
  }
}

/** The connections of a server. */
export class Lines {
  readonly #maxOwedBytes: number;
  readonly #lines = new WeakMap<Carrier, Line>();

  /** @param maxOwedBytes of answers that one connection may leave unread. */
  constructor(maxOwedBytes: number) {
    this.#maxOwedBytes = maxOwedBytes;
  }

  /** @param response needed for a request of HTTP/2, whose answers do not wait for each other. */
  of(raw: IncomingMessage, response?: ServerResponse): Line {
    const carrier: Carrier = raw.httpVersionMajor > 1 && response !== undefined ? response : raw.socket;
    const line = this.#lines.get(carrier) ?? new Line(carrier, this.#maxOwedBytes);
    this.#lines.set(carrier, line);
    return line;
  }
}

/** Calls `then` with the socket of a response; later for a response behind another one. */
export function withSocket(response: ServerResponse, then: (socket: NetSocket) => void): void {
  if (response.socket === null) response.once('socket', then);
  else then(response.socket);
}
