import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../../application/ports/log.ts';
import type { Socket } from '../../../application/ports/socket.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { readCertificate } from '../shared/certificate.ts';
import { NOT_ACCEPTING, isWebSocketUpgrade, splitTarget } from '../shared/requests.ts';
import type { CertificateFiles } from '../shared/settings.ts';
import { dropBeyondOpenFiles } from './dropped-connections.ts';
import { NodeRequest, sendResponse } from './http.ts';
import { type AcceptorLimits, ConnectionAcceptor } from './connection-acceptor.ts';
import { logMalformed } from './malformed-requests.ts';
import { MountPoints, type KnownMounts } from './mount-points.ts';
import { sharedUpgradesOf, type UpgradeOwner } from './shared-upgrades.ts';
import { NodeSocket } from './socket.ts';
import { type Handshaker, type HandshakerOptions, handshakerOptions, WsHandshakes } from './ws-handshakes.ts';

/** The server of an embedding program, and the part of it that the broker serves. */
export interface AttachmentSettings extends AcceptorLimits {
  /** The embedding program listens on, secures and closes this server. It may be an `https` server. */
  readonly server: Server;
  /** H12: the certificate files with which the server was created. Undefined if the embedding program manages the certificate. */
  readonly certificate?: CertificateFiles | undefined;
  /**
   * Returns true for a path of the broker, in the form that the gateway receives. Requests and upgrades for other paths are
   * ignored.
   */
  readonly owns: (path: string) => boolean;
  /**
   * Returns true if the path accepts WebSockets. If the server has other upgrade listeners, only such upgrades are accepted.
   * Default: all paths of the broker.
   */
  readonly servesWebSocketAt?: (path: string) => boolean;
  /** The mount paths, which the gateway does not receive. Paths outside of them do not belong to the broker. Default: none. */
  readonly mounts?: KnownMounts;
  /** H11: the limit of a server that the broker created; undefined for a server of an embedding program. */
  readonly maxHeaderBytes?: number | undefined;
  readonly log?: Log | undefined;
  /** Creates the `WebSocketServer` for handshakes. The server must neither listen nor attach itself. */
  readonly createWebSocketServer?: (options: HandshakerOptions) => Handshaker;
}

const NOT_MOUNTED: KnownMounts = { paths: () => [''], mayBeRouted: false };

/** Serves a request or calls `next`, as Express expects. Without `next`, every request is served. */
type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

/** Serves connections of a server that an embedding program owns, beside the other handlers of that server. */
export class AttachedTransport implements Transport {
  readonly name = 'attached';
  /** The embedding program mounts this handler. Before `listen` and after `stop` the handler answers 503. */
  readonly handle: RequestHandler = (raw, response, next) => this.#serveRequest(raw, response, next);
  readonly #settings: AttachmentSettings;
  readonly #owner: UpgradeOwner;
  readonly #mounts: MountPoints;
  #gateway: Gateway | undefined;
  #acceptor: ConnectionAcceptor | undefined;
  #endDropping: (() => void) | undefined;

  constructor(settings: AttachmentSettings) {
    this.#settings = settings;
    this.#mounts = new MountPoints(settings.mounts ?? NOT_MOUNTED);
    this.#owner = {
      owns: (raw, hasOthers) => this.#ownsUpgrade(raw, hasOthers),
      accept: (raw, stream, head) => this.#acceptUpgrade(raw, stream, head),
      logMalformed: (error, stream) => this.#gateway && void logMalformed(this.#gateway, settings, { error, stream }),
    };
  }

  /** Attaches to the server. Returns port 0 if the server is not listening yet. */
  listen(gateway: Gateway): Promise<ListeningAddress> {
    const { server, createWebSocketServer } = this.#settings;
    const options = handshakerOptions(this.#settings);
    const handshaker = createWebSocketServer?.(options) ?? new WebSocketServer({ ...options, clientTracking: false });
    this.#gateway = gateway;
    const upgrades = sharedUpgradesOf(server);
    this.#acceptor = new ConnectionAcceptor(gateway, {
      handshakes: new WsHandshakes(handshaker),
      limits: this.#settings,
      ownsConnections: false,
      failed: (raw, why) => upgrades.failed(raw, why),
    });
    upgrades.add(this.#owner);
    this.#endDropping = dropBeyondOpenFiles(server, this.#settings.log);
    const address = server.address();
    const { address: host, port } = address !== null && typeof address === 'object' ? address : { address: '', port: 0 };
    return Promise.resolve({ host, port, secure: 'setSecureContext' in server });
  }

  /** The socket of `ws` of a connection of this transport; undefined for a stream. */
  webSocketOf(socket: Socket): WebSocket | undefined {
    return socket instanceof NodeSocket ? socket.exposeWebSocket() : undefined;
  }

  refuseNew(): void {
    this.#acceptor?.refuseNew();
  }

  reloadCertificate(): void {
    const { server, certificate } = this.#settings;
    if (certificate !== undefined && server instanceof SecureServer) server.setSecureContext(readCertificate(certificate));
  }

  async stop(): Promise<void> {
    sharedUpgradesOf(this.#settings.server).remove(this.#owner);
    this.#gateway = undefined;
    this.#endDropping?.();
    await this.#acceptor?.stop();
  }

  #serveRequest(raw: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void {
    if (this.#settings.owns(splitTarget(raw.url ?? '/').path)) this.#mounts.learn(raw);
    const path = this.#ownedPath(raw);
    if (path === undefined && next !== undefined) return next();
    if (this.#acceptor === undefined || this.#gateway === undefined) return sendResponse(response, NOT_ACCEPTING);
    this.#acceptor.serveRequest(raw, response, new NodeRequest(raw, path));
  }

  #acceptUpgrade(raw: IncomingMessage, stream: Duplex, head: Buffer): void {
    const path = this.#ownedPath(raw) ?? this.#routedPath(raw);
    this.#acceptor?.acceptUpgrade({ raw, request: new NodeRequest(raw, path), stream, head });
  }

  /**
   * A WebSocket for a path that belongs to the broker but opens no WebSocket is left to other listeners, which may serve that
   * path too.
   */
  #ownsUpgrade(raw: IncomingMessage, hasOthers: boolean): boolean {
    const path = this.#ownedPath(raw);
    if (path === undefined) return !hasOthers && this.#routedPath(raw) !== undefined;
    const { servesWebSocketAt = () => true } = this.#settings;
    return servesWebSocketAt(path) || !hasOthers || !isWebSocketUpgrade(new NodeRequest(raw));
  }

  /** @returns the path for the gateway; undefined if it does not belong to the broker. */
  #ownedPath(raw: IncomingMessage): string | undefined {
    return this.#mounts.below(new NodeRequest(raw).path).find((path) => this.#settings.owns(path));
  }

  /** @returns the path for the gateway if a router may have mounted the broker there. */
  #routedPath(raw: IncomingMessage): string | undefined {
    const { servesWebSocketAt = () => true } = this.#settings;
    return this.#mounts.belowAny(new NodeRequest(raw).path).find((path) => servesWebSocketAt(path));
  }
}
