import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Log } from '../../../application/ports/log.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { readCertificate } from '../shared/certificate.ts';
import { listenRefused } from '../shared/listen-refusals.ts';
import type { TransportSettings } from '../shared/settings.ts';
import { createBoundedServer } from './bounded-server.ts';
import { dropBeyondOpenFiles } from './dropped-connections.ts';
import { NodeRequest } from './http.ts';
import { handshakerOptions, Openings } from './openings.ts';
import { answerUnreadable } from './unreadable-requests.ts';

/** Listens with `node:http` or `node:https`, and `ws`. */
export class NodeTransport implements Transport {
  readonly name = 'node';
  readonly #settings: TransportSettings;
  readonly #log: Log | undefined;
  readonly #lines = new Set<NetSocket>();
  #openings: Openings | undefined;
  #server: Server | undefined;
  #unbound: Promise<void> | undefined;

  constructor(settings: TransportSettings, log?: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  async listen(gateway: Gateway): Promise<ListeningAddress> {
    const { host, tls } = this.#settings;
    const server = createBoundedServer(this.#settings);
    await bind(server, this.#settings);
    dropBeyondOpenFiles(server, this.#log);
    const handshaker = new WebSocketServer({ ...handshakerOptions(this.#settings), clientTracking: false });
    this.#server = server;
    this.#openings = new Openings(gateway, { handshaker, limits: this.#settings, ownsConnections: true });
    server.on('clientError', answerUnreadable(gateway, this.#settings));
    this.#serve(server, this.#openings);
    return { host, port: (server.address() as AddressInfo).port, secure: tls !== undefined };
  }

  refuseNew(): void {
    this.#openings?.refuseNew();
    const server = this.#server;
    if (server !== undefined) this.#unbound ??= new Promise((resolve) => server.close(() => resolve()));
  }

  reloadCertificate(): void {
    const { tls } = this.#settings;
    if (tls !== undefined && this.#server instanceof SecureServer) this.#server.setSecureContext(readCertificate(tls));
  }

  async stop(): Promise<void> {
    this.refuseNew();
    const told = this.#openings?.stop();
    for (const line of this.#lines) line.destroy();
    await told;
    await this.#unbound;
  }

  #serve(server: Server, openings: Openings): void {
    server.on('request', (raw: IncomingMessage, response: ServerResponse) => {
      openings.serve(raw, response, new NodeRequest(raw));
    });
    server.on('upgrade', (raw: IncomingMessage, stream: Duplex, head: Buffer) => {
      openings.take({ raw, request: new NodeRequest(raw), stream, head });
    });
    server.on('connection', (line: NetSocket) => {
      this.#lines.add(line);
      line.once('close', () => this.#lines.delete(line));
    });
  }
}

function bind(server: Server, { host, port }: TransportSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener stays: a connection that can't be accepted, for want of file handles, is no reason to die.
    server.on('error', (cause: NodeJS.ErrnoException) => reject(listenRefused(cause.code ?? cause.message, { host, port })));
    server.listen({ host, port, exclusive: true }, () => resolve());
  });
}
