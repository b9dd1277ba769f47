import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { readCertificate } from '../shared/certificate.ts';
import { NOT_ACCEPTING, wantsWebSocket } from '../shared/requests.ts';
import type { CertificateFiles, ConnectionLimits } from '../shared/settings.ts';
import { NodeExchange, NodeRequest, send } from './http.ts';
import { answerAndEnd, type Handshaker, type HandshakerOptions, handshakerOptions, Openings, plainResponse } from './openings.ts';

/** What belongs to the embedding program, and which part of it is ours. */
export interface AttachmentSettings extends ConnectionLimits {
  /** Listens, is secured and is closed by the embedding program. `https` servers are welcome too. */
  readonly server: Server;
  /** H12: the files of the certificate, where the server was made with them; undefined where it is the program's own. */
  readonly certificate?: CertificateFiles | undefined;
  /** Whether a path, as the gateway sees it, is ours. Upgrades and requests for others are left alone. */
  readonly owns: (path: string) => boolean;
  /** A mount path that the gateway does not know: it is taken off every path, and what lies outside is not ours. */
  readonly prefix?: () => string;
  /** Makes the `WebSocketServer` to shake hands with. It must neither listen nor attach itself. */
  readonly createWebSocketServer?: (options: HandshakerOptions) => Handshaker;
}

/** Serves a request, or passes it on. Express calls it with `next`; without, every request is ours. */
type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

type UpgradeListener = (raw: IncomingMessage, stream: Duplex, head: Buffer) => void;

const NOT_FOUND: HttpResponse = { status: 404, headers: [['content-type', 'text/plain; charset=utf-8']], body: 'Not found' };

/** Every upgrade listener of ours, on whichever server, with what it owns. */
const OURS = new WeakMap<(...all: never[]) => void, (raw: IncomingMessage) => boolean>();

/** Serves connections of a server that an embedding program owns, beside whatever else lives there. */
export class AttachedTransport implements Transport {
  readonly name = 'attached';
  /** To be mounted by the embedding program. Answers 503 before `listen` and after `stop`. */
  readonly handle: RequestHandler = (raw, response, next) => this.#serve(raw, response, next);
  readonly #settings: AttachmentSettings;
  readonly #onUpgrade: UpgradeListener = (raw, stream, head) => this.#upgrade(raw, stream, head);
  #gateway: Gateway | undefined;
  #openings: Openings | undefined;

  constructor(settings: AttachmentSettings) {
    this.#settings = settings;
  }

  /** Attaches itself; tells no port (0) where the server is not listening yet. */
  listen(gateway: Gateway): Promise<ListeningAddress> {
    const { server, createWebSocketServer } = this.#settings;
    const options = handshakerOptions(this.#settings);
    const handshaker = createWebSocketServer?.(options) ?? new WebSocketServer({ ...options, clientTracking: false });
    this.#gateway = gateway;
    this.#openings = new Openings(gateway, handshaker, this.#settings);
    OURS.set(this.#onUpgrade, (raw) => this.#ownedPath(raw) !== undefined);
    server.on('upgrade', this.#onUpgrade);
    const address = server.address();
    const { address: host, port } = address !== null && typeof address === 'object' ? address : { address: '', port: 0 };
    return Promise.resolve({ host, port, secure: 'setSecureContext' in server });
  }

  refuseNew(): void {
    this.#openings?.refuseNew();
  }

  reloadCertificate(): void {
    const { server, certificate } = this.#settings;
    if (certificate !== undefined && server instanceof SecureServer) server.setSecureContext(readCertificate(certificate));
  }

  async stop(): Promise<void> {
    this.#settings.server.off('upgrade', this.#onUpgrade);
    this.#gateway = undefined;
    await this.#openings?.stop();
  }

  #serve(raw: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void {
    const path = this.#ownedPath(raw);
    if (path === undefined && next !== undefined) return next();
    const openings = this.#openings;
    if (this.#gateway === undefined || openings === undefined) return send(response, NOT_ACCEPTING);
    // The connection is the embedding program's: whether it goes on is not ours to say.
    const desk = {
      goesOn: () => true,
      stream: openings.stream.bind(openings),
      abandoned: openings.abandoned.bind(openings),
    };
    this.#gateway.http(new NodeExchange(raw, response, new NodeRequest(raw, path), desk));
  }

  #upgrade(raw: IncomingMessage, stream: Duplex, head: Buffer): void {
    const path = this.#ownedPath(raw);
    if (path === undefined) {
      if (this.#isLastToAsk(raw)) answerAndEnd(raw, stream, NOT_FOUND);
      return;
    }
    const request = new NodeRequest(raw, path);
    if (wantsWebSocket(request)) return this.#openings?.take({ raw, request, stream, head });
    this.#serve(raw, plainResponse(raw, stream));
  }

  /** Nobody else answers: left alone, such an upgrade would hang for ever. */
  #isLastToAsk(raw: IncomingMessage): boolean {
    const listeners = this.#settings.server.listeners('upgrade') as UpgradeListener[];
    const othersMayAnswer = listeners.some((listener) => OURS.get(listener)?.(raw) ?? true);
    return !othersMayAnswer && listeners.at(-1) === this.#onUpgrade;
  }

  /** @returns the path for the gateway, or nothing where it is not ours. */
  #ownedPath(raw: IncomingMessage): string | undefined {
    const { owns, prefix } = this.#settings;
    const path = below(prefix?.() ?? '', new NodeRequest(raw).path);
    return path !== undefined && owns(path) ? path : undefined;
  }
}

/** @returns what `path` is under `prefix`, beginning with a slash; nothing where it is not under it. */
function below(prefix: string, path: string): string | undefined {
  const mount = prefix.replace(/\/+$/, '');
  if (!path.startsWith(mount)) return undefined;
  const rest = path.slice(mount.length);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : undefined;
}
