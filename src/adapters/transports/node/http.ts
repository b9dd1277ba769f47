import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, HttpExchange } from '../../../application/ports/transport.ts';
import type { MemoryAccount } from '../../../domain/memory-account.ts';
import type { Millis } from '../../../domain/time.ts';
import { normalizedAddress } from '../shared/addresses.ts';
import type { BodyPieces } from '../shared/body-pieces.ts';
import { BodyReader, type BodyCallback } from '../shared/body-reader.ts';
import { withSocket, type HttpConnection } from './http-connection.ts';
import { hasNoBody, MAX_BODY_BYTES, splitTarget } from '../shared/requests.ts';

/** Express keeps the complete target in `originalUrl`, and removes its mount path from `url`. */
type MaybeMounted = IncomingMessage & { readonly originalUrl?: string };

/** Adapts a request of `node:http`. */
export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly #request: IncomingMessage;

  /** @param path replaces the path of the request, for example below a mount path. */
  constructor(request: MaybeMounted, path?: string) {
    const target = splitTarget(request.originalUrl ?? request.url ?? '/');
    this.#request = request;
    this.method = (request.method ?? 'GET').toUpperCase();
    this.path = path ?? target.path;
    this.query = target.query;
    this.remoteAddress = normalizedAddress(request.socket.remoteAddress);
  }

  header(name: string): string | undefined {
    if (!Object.hasOwn(this.#request.headers, name)) return undefined;
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/** A response and its connection. */
export interface ResponseContext {
  readonly response: ServerResponse;
  readonly connection: HttpConnection;
}

/** Operations that the requests of a transport share. */
export interface ExchangeHost {
  /** How long a response may make no progress because the client does not read. */
  readonly responseTimeout: Millis;
  /** True if the connection may carry another request. */
  keepsAlive(): boolean;
  /** Starts a stream as the response. */
  stream(answering: ResponseContext, head: StreamHead, admission: Admission): void;
  /** An admitted stream did not start. */
  abandoned(admission: Admission): void;
  /** M23: runs a task for a request now or in a later turn. @param bytes the memory that the task holds. */
  inTurn(task: () => void, bytes: number): void;
  /** M23: counts further work for a request that was served in this turn. */
  spend(units: number): void;
  /** M23. */
  readonly bodyPieces: BodyPieces;
}

/** One request of `node:http` and its response. The body is always read, so that the connection can carry the next request. */
export class NodeExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #raw: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: HttpConnection;
  readonly #host: ExchangeHost;
  readonly #body: BodyReader;
  /** The idle timeout of the connection before `holdOpen` disabled it. */
  #heldTimeout: number | undefined;
  #release: (() => void) | undefined;

  constructor(raw: IncomingMessage, { response, connection }: ResponseContext, request: HttpRequest, host: ExchangeHost) {
    this.request = request;
    this.#raw = raw;
    this.#response = response;
    this.#connection = connection;
    this.#host = host;
    this.#body = new BodyReader(MAX_BODY_BYTES, host.bodyPieces);
    raw.on('data', (piece: Buffer) => {
      if (this.#body.add(piece) === 'excessive') raw.destroy();
    });
    raw.on('end', () => this.#body.end());
    // The client may disconnect within its body.
    raw.on('close', () => this.#body.discard());
  }

  spend(units: number): void {
    this.#host.spend(units);
  }

  readBody(maxBytes: number, then: BodyCallback, memory?: MemoryAccount): void {
    const give = (body: Uint8Array | undefined): void => {
      // The rest of the body is not read, so the connection can't carry another request.
      if (body === undefined) this.#response.shouldKeepAlive = false;
      this.#host.inTurn(() => then(body), body?.length ?? 0);
    };
    if (!this.#raw.readableEnded) return this.#body.read(maxBytes, give, memory);
    const body = parsedBody(this.#raw);
    queueMicrotask(() => give(body.length > maxBytes ? undefined : body));
  }

  holdOpen(gone: () => void): void {
    withSocket(this.#response, (socket) => {
      if (this.#isOver) return;
      this.#heldTimeout = socket.timeout;
      socket.setTimeout(0);
    });
    this.#release = this.#connection.onClose(() => queueMicrotask(gone));
  }

  respond(answer: HttpResponse): void {
    if (this.#isOver) return;
    this.#release?.();
    if (!this.#connection.reserveResponse(this.#response, Buffer.byteLength(answer.body))) return this.#connection.terminate();
    // Restores the timeout, which closes a client that does not read the response.
    if (this.#heldTimeout !== undefined) this.#response.socket?.setTimeout(this.#heldTimeout);
    if (this.#body.discard() || !this.#host.keepsAlive()) this.#response.shouldKeepAlive = false;
    sendResponse(this.#response, answer);
    if (this.#response.writableLength > 0) this.#limitReadTime();
  }

  respondWithStream(head: StreamHead, admission: Admission): void {
    if (this.#isOver) return this.#host.abandoned(admission);
    this.#release?.();
    this.#host.stream({ response: this.#response, connection: this.#connection }, head, admission);
  }

  /** Sets a timeout, because the server of an embedding program may have none. */
  #limitReadTime(): void {
    const { responseTimeout } = this.#host;
    withSocket(this.#response, (socket) => {
      if ((socket.timeout ?? 0) > 0) return;
      socket.setTimeout(responseTimeout);
      this.#response.once('finish', () => {
        // Node may have set the timeout of idle connections in the meantime.
        if (socket.timeout === responseTimeout) socket.setTimeout(0);
      });
    });
  }

  /** True also if another handler of the embedding program has responded. */
  get #isOver(): boolean {
    return this.#connection.isClosed || this.#response.destroyed || this.#response.headersSent;
  }
}

/** The body, if a body parser of the embedding program read it earlier. */
function parsedBody({ headers, body }: IncomingMessage & { readonly body?: unknown }): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (typeof body !== 'object' || body === null) return new Uint8Array();
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return Buffer.from(isForm ? formOf(body) : JSON.stringify(body));
}

function formOf(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [value as unknown].flat()) form.append(name, String(one));
  return form.toString();
}

/** Writes the complete response. Headers that were set on `response` earlier stay, except headers of the same names. */
export function sendResponse(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  setHead(response, { status, headers });
  if (hasNoBody(status)) return void response.end();
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

export function setHead(response: ServerResponse, { status, headers }: StreamHead): void {
  response.statusCode = status;
  for (const [name, values] of grouped(headers)) response.setHeader(name, values);
}

function grouped(headers: HttpResponse['headers']): Map<string, string | string[]> {
  const groups = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const earlier = groups.get(name);
    groups.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  return groups;
}
