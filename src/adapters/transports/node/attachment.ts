import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { readCertificate } from '../shared/certificate.ts';
import { NOT_ACCEPTING, isWebSocketUpgrade } from '../shared/requests.ts';
import type { CertificateFiles } from '../shared/settings.ts';
import { NodeRequest, sendResponse } from './http.ts';
import {
  type Handshaker,
  type HandshakerOptions,
  handshakerOptions,
  type AcceptorLimits,
  ConnectionAcceptor,
} from './connection-acceptor.ts';
import { sharedUpgradesOf, type UpgradeOwner } from './shared-upgrades.ts';

/** What belongs to the embedding program, and which part of it is ours. */
export interface AttachmentSettings extends AcceptorLimits {
  /** Listens, is secured and is closed by the embedding program. `https` servers are welcome too. */
  readonly server: Server;
  /** H12: the files of the certificate, where the server was made with them; undefined where it is the program's own. */
  readonly certificate?: CertificateFiles | undefined;
  /** Whether a path, as the gateway sees it, is ours. Upgrades and requests for others are left alone. */
  readonly owns: (path: string) => boolean;
  /** Whether a WebSocket can be opened at a path of ours: of two listeners for upgrades, this one gets it. All, if left out. */
  readonly servesWebSocketAt?: (path: string) => boolean;
  /** A mount path that the gateway does not know: it is taken off every path, and what lies outside is not ours. */
  readonly prefix?: () => string;
  /** Makes the `WebSocketServer` to shake hands with. It must neither listen nor attach itself. */
  readonly createWebSocketServer?: (options: HandshakerOptions) => Handshaker;
}

/** Serves a request, or passes it on. Express calls it with `next`; without, every request is ours. */
type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

/** Serves connections of a server that an embedding program owns, beside whatever else lives there. */
export class AttachedTransport implements Transport {
  readonly name = 'attached';
  /** To be mounted by the embedding program. Answers 503 before `listen` and after `stop`. */
  readonly handle: RequestHandler = (raw, response, next) => this.#serveRequest(raw, response, next);
  readonly #settings: AttachmentSettings;
  readonly #owner: UpgradeOwner;
  #gateway: Gateway | undefined;
  #acceptor: ConnectionAcceptor | undefined;

  constructor(settings: AttachmentSettings) {
    this.#settings = settings;
    this.#owner = {
      owns: (raw, hasOthers) => this.#ownsUpgrade(raw, hasOthers),
      accept: (raw, stream, head) => this.#acceptUpgrade(raw, stream, head),
    };
  }

  /** Attaches itself; tells no port (0) where the server is not listening yet. */
  listen(gateway: Gateway): Promise<ListeningAddress> {
    const { server, createWebSocketServer } = this.#settings;
    const options = handshakerOptions(this.#settings);
    const handshaker = createWebSocketServer?.(options) ?? new WebSocketServer({ ...options, clientTracking: false });
    this.#gateway = gateway;
    const upgrades = sharedUpgradesOf(server);
    this.#acceptor = new ConnectionAcceptor(gateway, {
      handshaker,
      limits: this.#settings,
      ownsConnections: false,
      failed: (raw, why) => upgrades.failed(raw, why),
    });
    upgrades.add(this.#owner);
    const address = server.address();
    const { address: host, port } = address !== null && typeof address === 'object' ? address : { address: '', port: 0 };
    return Promise.resolve({ host, port, secure: 'setSecureContext' in server });
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
    await this.#acceptor?.stop();
  }

  #serveRequest(raw: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void {
    const path = this.#ownedPath(raw);
    if (path === undefined && next !== undefined) return next();
    if (this.#acceptor === undefined || this.#gateway === undefined) return sendResponse(response, NOT_ACCEPTING);
    this.#acceptor.serveRequest(raw, response, new NodeRequest(raw, path));
  }

  #acceptUpgrade(raw: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#acceptor?.acceptUpgrade({ raw, request: new NodeRequest(raw, this.#ownedPath(raw)), stream, head });
  }

  /** A WebSocket for a path of ours that opens none is left to others, for it may be a path of theirs as well. */
  #ownsUpgrade(raw: IncomingMessage, hasOthers: boolean): boolean {
    const path = this.#ownedPath(raw);
    if (path === undefined) return false;
    const { servesWebSocketAt = () => true } = this.#settings;
    return servesWebSocketAt(path) || !hasOthers || !isWebSocketUpgrade(new NodeRequest(raw));
  }

  /** @returns the path for the gateway, or nothing where it is not ours. */
  #ownedPath(raw: IncomingMessage): string | undefined {
    const { owns, prefix } = this.#settings;
    const path = pathUnder(prefix?.() ?? '', new NodeRequest(raw).path);
    return path !== undefined && owns(path) ? path : undefined;
  }
}

/** @returns what `path` is under `prefix`, beginning with a slash; nothing where it is not under it. */
function pathUnder(prefix: string, path: string): string | undefined {
  const mount = prefix.replace(/\/+$/, '');
  if (!path.startsWith(mount)) return undefined;
  const rest = path.slice(mount.length);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : undefined;
}
