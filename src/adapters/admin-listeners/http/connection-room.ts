import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * ADM13: the open connections of a listener. In a full one, a new connection takes the place of the one whose last complete
 * request is the oldest, because clients that send half a request, or read no response, must not lock an operator out.
 */
export class ConnectionRoom {
  readonly #most: number;
  /** The oldest request first. Before its first request, a connection counts from its start. */
  readonly #open = new Set<Socket>();
  /** Connections that outlive their request. They have a limit of their own. */
  readonly #lasting = new Set<Socket>();

  constructor(server: Server, most: number) {
    this.#most = most;
    server.on('connection', (socket) => this.#accept(socket));
    server.on('request', (request) => this.#noticeRequest(request));
  }

  /** The connection keeps its place. @param stream until its end; by default until the end of the connection. */
  keep(socket: Socket, stream?: ServerResponse): void {
    if (!this.#open.has(socket)) return;
    this.#lasting.add(socket);
    stream?.once('close', () => this.#lasting.delete(socket));
  }

  #accept(socket: Socket): void {
    if (this.#open.size >= this.#most && !this.#hasClosedOldest()) return void socket.destroy();
    this.#open.add(socket);
    socket.once('close', () => this.#remove(socket));
  }

  #noticeRequest(request: IncomingMessage): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (length === undefined && encoding === undefined) this.#renew(request.socket);
    else request.once('end', () => this.#renew(request.socket));
  }

  #renew(socket: Socket): void {
    if (this.#open.delete(socket)) this.#open.add(socket);
  }

  #hasClosedOldest(): boolean {
    for (const socket of this.#open) {
      if (this.#lasting.has(socket)) continue;
      this.#remove(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #remove(socket: Socket): void {
    this.#open.delete(socket);
    this.#lasting.delete(socket);
  }
}
