import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** The WebSockets of a server, at all targets that begin with `path`. */
export interface WebSockets {
  readonly path: string;
  readonly accept: (socket: WebSocket, request: IncomingMessage) => void;
  /** The subprotocol that every handshake grants. */
  readonly subprotocol?: string | undefined;
}

/** An HTTP server on a free port of loopback, which cuts its connections when it stops. */
export class LoopbackServer {
  readonly #http;
  readonly #connections = new Set<Socket>();

  /** @param serve answers requests; by default with 200. */
  constructor(serve: RequestListener = (_request, response) => response.end('okay')) {
    this.#http = createServer(serve);
  }

  /** @returns the port. */
  async start(webSockets?: WebSockets): Promise<number> {
    if (webSockets !== undefined) this.#upgrade(webSockets);
    this.#http.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return (this.#http.address() as AddressInfo).port;
  }

  stop(): void {
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #upgrade({ path, accept, subprotocol = '' }: WebSockets): void {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => subprotocol || false });
    this.#http.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith(path) !== true) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      else sockets.handleUpgrade(request, socket, head, (one) => accept(one, request));
    });
  }
}
