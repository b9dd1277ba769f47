import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';

/** H15: requests that a connection may send before the first of them is answered. */
const MAX_PIPELINED_REQUESTS = 100;

/** What ends with an event `close`: a TCP connection, or an answer of HTTP/2. */
interface HttpCarrier {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/**
 * One connection of `node:http` and what it owes. Requests may be pipelined: Node parses all that came in one
 * packet, and a response behind another one has no socket, so it emits neither `finish` nor `close` by itself.
 */
export class HttpConnection {
  readonly #carrier: HttpCarrier;
  readonly #maxUnsentBytes: number;
  readonly #closeCallbacks = new Set<() => void>();
  /** Requests without a complete answer. */
  #pendingRequests = 0;
  /** Bytes of answers that the system has not taken yet. */
  #unsentBytes = 0;
  #isStreaming = false;
  #isClosed = false;
  #idleCallback: (() => void) | undefined;

  constructor(carrier: HttpCarrier, maxOwedBytes: number) {
    this.#carrier = carrier;
    this.#maxUnsentBytes = maxOwedBytes;
    carrier.once('close', () => {
      this.#isClosed = true;
      this.#idleCallback = undefined;
      for (const gone of this.#closeCallbacks) gone();
      this.#closeCallbacks.clear();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** H15. @returns whether the request may be served. Nothing is served behind a stream: it would never be answered. */
  acceptRequest(response: ServerResponse): boolean {
    if (this.#isStreaming || this.#pendingRequests >= MAX_PIPELINED_REQUESTS || this.#unsentBytes > this.#maxUnsentBytes)
      {return false;}
    this.#pendingRequests++;
    response.once('finish', () => {
      this.#pendingRequests--;
      if (this.#pendingRequests > 0) return;
      const idle = this.#idleCallback;
      this.#idleCallback = undefined;
      idle?.();
    });
    return true;
  }

  /** H15. @returns whether an answer of so many bytes may be written. */
  reserveResponse(response: ServerResponse, bytes: number): boolean {
    if (this.#unsentBytes > 0 && this.#unsentBytes + bytes > this.#maxUnsentBytes) return false;
    this.#unsentBytes += bytes;
    response.once('finish', () => {
      this.#unsentBytes -= bytes;
    });
    return true;
  }

  /** The answer to the last request stays open. */
  markStreaming(): void {
    this.#isStreaming = true;
  }

  /** Whether every request is answered. */
  get isIdle(): boolean {
    return this.#pendingRequests === 0;
  }

  /** Calls `then` when every request is answered; never if the connection ends before. */
  onIdle(then: () => void): void {
    this.#idleCallback = then;
  }

  /** Calls `gone` at the end of the connection, unless the returned function was called before. */
  onClose(gone: () => void): () => void {
    this.#closeCallbacks.add(gone);
    return () => void this.#closeCallbacks.delete(gone);
  }

  terminate(): void {
    this.#carrier.destroy();
  }
}

/** The connections of a server. */
export class HttpConnections {
  readonly #maxUnsentBytes: number;
  readonly #connections = new WeakMap<HttpCarrier, HttpConnection>();

  /** @param maxOwedBytes of answers that one connection may leave unread. */
  constructor(maxOwedBytes: number) {
    this.#maxUnsentBytes = maxOwedBytes;
  }

  /** @param response needed for a request of HTTP/2, whose answers do not wait for each other. */
  of(raw: IncomingMessage, response?: ServerResponse): HttpConnection {
    const carrier: HttpCarrier = raw.httpVersionMajor > 1 && response !== undefined ? response : raw.socket;
    const line = this.#connections.get(carrier) ?? new HttpConnection(carrier, this.#maxUnsentBytes);
    this.#connections.set(carrier, line);
    return line;
  }
}

/** Calls `then` with the socket of a response; later for a response behind another one. */
export function withSocket(response: ServerResponse, then: (socket: NetSocket) => void): void {
  if (response.socket === null) response.once('socket', then);
  else then(response.socket);
}
