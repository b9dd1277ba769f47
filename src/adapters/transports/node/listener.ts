import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../../../application/ports/log.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { readCertificate } from '../shared/certificate.ts';
import { isWebSocketUpgrade } from '../shared/requests.ts';
import { listenError } from '../shared/listen-errors.ts';
import type { TransportSettings } from '../shared/settings.ts';
import { createBoundedServer } from './bounded-server.ts';
import { dropBeyondOpenFiles } from './dropped-connections.ts';
import { NodeRequest } from './http.ts';
import { ConnectionAcceptor } from './connection-acceptor.ts';
import { DirectHandshakes } from './direct-handshakes.ts';
import { respondToMalformed } from './malformed-requests.ts';
import { serveWithoutUpgrade } from './other-upgrades.ts';

/** Listens with `node:http` or `node:https`. */
export class NodeTransport implements Transport {
  readonly name = 'node';
  readonly #settings: TransportSettings;
  readonly #log: Log | undefined;
  /** Connections that neither the HTTP server nor the acceptor keeps: rejected upgrades, and all of TLS. */
  readonly #sockets = new Set<Duplex>();
  /** One listener for all connections. */
  readonly #onClose: (this: Duplex) => void;
  /** The last upgrade was accepted. */
  #isOpened = false;
  #acceptor: ConnectionAcceptor | undefined;
  #server: Server | undefined;
  #serverClosed: Promise<void> | undefined;

  constructor(settings: TransportSettings, log?: Log) {
    this.#settings = settings;
    this.#log = log;
    const sockets = this.#sockets;
    this.#onClose = function forget(this: Duplex): void {
      sockets.delete(this);
    };
  }

  async listen(gateway: Gateway): Promise<ListeningAddress> {
    const { host, tls } = this.#settings;
    const server = createBoundedServer(this.#settings);
    await bind(server, this.#settings);
    dropBeyondOpenFiles(server, this.#log);
    this.#server = server;
    this.#acceptor = new ConnectionAcceptor(gateway, {
      handshakes: new DirectHandshakes((stream) => this.#opened(stream)),
      limits: this.#settings,
      ownsConnections: true,
    });
    server.on('clientError', respondToMalformed(gateway, this.#settings));
    this.#serve(server, this.#acceptor);
    return { host, port: (server.address() as AddressInfo).port, secure: tls !== undefined };
  }

  refuseNew(): void {
    this.#acceptor?.refuseNew();
    const server = this.#server;
    if (server !== undefined) this.#serverClosed ??= new Promise((resolve) => server.close(() => resolve()));
  }

  reloadCertificate(): void {
    const { tls } = this.#settings;
    if (tls !== undefined && this.#server instanceof SecureServer) this.#server.setSecureContext(readCertificate(tls));
  }

  async stop(): Promise<void> {
    this.refuseNew();
    const closed = this.#acceptor?.stop();
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.closeAllConnections();
    await closed;
    await this.#serverClosed;
  }

  #serve(server: Server, openings: ConnectionAcceptor): void {
    server.on('request', (raw: IncomingMessage, response: ServerResponse) => {
      openings.serveRequest(raw, response, new NodeRequest(raw));
    });
    server.on('upgrade', (raw: IncomingMessage, stream: Duplex, head: Buffer) => {
      const request = new NodeRequest(raw);
      if (!isWebSocketUpgrade(request)) return serveWithoutUpgrade(server, { raw, stream, head });
      this.#isOpened = false;
      openings.acceptUpgrade({ raw, request, stream, head });
      if (!this.#isOpened) this.#keep(stream);
    });
    // The HTTP server does not know connections within their TLS handshake.
    if (this.#settings.tls !== undefined) server.on('connection', (socket: NetSocket) => this.#keep(socket));
  }

  #keep(stream: Duplex): void {
    this.#sockets.add(stream);
    stream.on('close', this.#onClose);
  }

  /** The acceptor keeps open connections itself. */
  #opened(stream: Duplex): void {
    this.#isOpened = true;
    if (this.#sockets.delete(stream)) stream.off('close', this.#onClose);
  }
}

function bind(server: Server, { host, port, isShared = false }: TransportSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    // The error listener stays: a failed accept, for lack of file handles, must not end the process.
    server.on('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause.code ?? cause.message, { host, port })));
    server.listen({ host, port, exclusive: !isShared }, () => resolve());
  });
}
