import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';

/** H15: requests of a connection that may wait for a response. */
const MAX_PIPELINED_REQUESTS = 100;

/** The emitter of `close`: a TCP connection, or an HTTP/2 response. */
interface HttpCarrier {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/**
 * One connection of `node:http` and its outstanding responses. Clients may pipeline requests: Node parses all requests of a
 * packet at once. A response that is queued behind another one has no socket, and emits neither `finish` nor `close` itself.
 */
export class HttpConnection {
  readonly #carrier: HttpCarrier;
  readonly #maxUnsentBytes: number;
  readonly #closeCallbacks = new Set<() => void>();
  /** Requests without a complete response. */
  #pendingRequests = 0;
  /** Bytes of responses that the operating system has not accepted yet. */
  #unsentBytes = 0;
  #isStreaming = false;
  #isClosed = false;
  #idleCallback: (() => void) | undefined;

  constructor(carrier: HttpCarrier, maxUnsentBytes: number) {
    this.#carrier = carrier;
    this.#maxUnsentBytes = maxUnsentBytes;
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

  /**
   * H15.
   * @returns whether the request may be served. A request behind a stream is rejected, because it would never be answered.
   */
  acceptRequest(response: ServerResponse): boolean {
    if (this.#isStreaming || this.#pendingRequests >= MAX_PIPELINED_REQUESTS || this.#unsentBytes > this.#maxUnsentBytes) {
      return false;
    }
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

  /** H15. @returns whether a response of this size may be written. */
  reserveResponse(response: ServerResponse, bytes: number): boolean {
    if (this.#unsentBytes > 0 && this.#unsentBytes + bytes > this.#maxUnsentBytes) return false;
    this.#unsentBytes += bytes;
    response.once('finish', () => {
      this.#unsentBytes -= bytes;
    });
    return true;
  }

  /** Marks the response to the last request as a stream. */
  markStreaming(): void {
    this.#isStreaming = true;
  }

  /** True if every request is answered. */
  get isIdle(): boolean {
    return this.#pendingRequests === 0;
  }

  /** Calls `then` when every request is answered; never if the connection closes first. */
  onIdle(then: () => void): void {
    this.#idleCallback = then;
  }

  /** Calls `gone` when the connection closes. @returns a function that removes the callback. */
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

  /** @param maxUnsentBytes bytes of responses that one connection may leave unread. */
  constructor(maxUnsentBytes: number) {
    this.#maxUnsentBytes = maxUnsentBytes;
  }

  /** The connection of an upgrade, if it has carried requests before. */
  earlier(raw: IncomingMessage): HttpConnection | undefined {
    return this.#connections.get(raw.socket);
  }

  /** @param response for HTTP/2, where responses do not wait for each other. */
  of(raw: IncomingMessage, response: ServerResponse): HttpConnection {
    const carrier: HttpCarrier = raw.httpVersionMajor > 1 ? response : raw.socket;
    const connection = this.#connections.get(carrier) ?? new HttpConnection(carrier, this.#maxUnsentBytes);
    this.#connections.set(carrier, connection);
    return connection;
  }
}

/** Calls `then` with the socket of a response; later if the response is queued behind another one. */
export function withSocket(response: ServerResponse, then: (socket: NetSocket) => void): void {
  if (response.socket === null) response.once('socket', then);
  else then(response.socket);
}
