import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, HttpExchange } from '../../../application/ports/transport.ts';
import type { Millis } from '../../../domain/time.ts';
import { normalizedAddress } from '../shared/addresses.ts';
import { BodyReader, type BodyCallback } from '../shared/body-reader.ts';
import { withSocket, type HttpConnection } from './http-connection.ts';
import { hasNoBody, MAX_BODY_BYTES, splitTarget } from '../shared/requests.ts';

/** Express keeps the whole target there and cuts its mount path off `url`. */
type MaybeMounted = IncomingMessage & { readonly originalUrl?: string };

/** Reads a request of `node:http`. */
export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly #request: IncomingMessage;

  /** @param path what to tell as the path, where it is not all of it. */
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

/** A response, and the connection that it leaves by. */
export interface ResponseContext {
  readonly response: ServerResponse;
  readonly connection: HttpConnection;
}

/** What the requests of a transport have in common. */
export interface ExchangeHost {
  /** How long an answer may make no progress because its far end does not read. */
  readonly responseTimeout: Millis;
  /** Whether the connection may carry another request. */
  keepsAlive(): boolean;
  /** Begins a stream in place of an answer. */
  stream(answering: ResponseContext, head: StreamHead, admission: Admission): void;
  /** An admitted stream came to nothing. */
  abandoned(admission: Admission): void;
}

/** One request of `node:http` that waits for its answer. Its body is always read, so that the connection is fit for the next. */
export class NodeExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #raw: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: HttpConnection;
  readonly #host: ExchangeHost;
  readonly #body = new BodyReader(MAX_BODY_BYTES);
  /** The idle timeout that `hold` took off the connection. */
  #heldTimeout: number | undefined;
  #release: (() => void) | undefined;

  constructor(raw: IncomingMessage, { response, connection }: ResponseContext, request: HttpRequest, desk: ExchangeHost) {
    this.request = request;
    this.#raw = raw;
    this.#response = response;
    this.#connection = connection;
    this.#host = desk;
    raw.on('data', (piece: Buffer) => {
      if (this.#body.add(piece) === 'excessive') raw.destroy();
    });
    raw.on('end', () => this.#body.end());
  }

  readBody(maxBytes: number, then: BodyCallback): void {
    const give = (body: Uint8Array | undefined): void => {
      // Nothing else is read of a connection whose body was not read to its end.
      if (body === undefined) this.#response.shouldKeepAlive = false;
      then(body);
    };
    if (!this.#raw.readableEnded) return this.#body.read(maxBytes, give);
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
    // An answer that is not read is cut like any other.
    if (this.#heldTimeout !== undefined) this.#response.socket?.setTimeout(this.#heldTimeout);
    if (!this.#host.keepsAlive()) this.#response.shouldKeepAlive = false;
    sendResponse(this.#response, answer);
    if (this.#response.writableLength > 0) this.#limitReadTime();
  }

  respondWithStream(head: StreamHead, admission: Admission): void {
    if (this.#isOver) return this.#host.abandoned(admission);
    this.#release?.();
    this.#host.stream({ response: this.#response, connection: this.#connection }, head, admission);
  }

  /** The server of an embedding program may have no timeout. */
  #limitReadTime(): void {
    const { responseTimeout } = this.#host;
    withSocket(this.#response, (socket) => {
      if ((socket.timeout ?? 0) > 0) return;
      socket.setTimeout(responseTimeout);
      this.#response.once('finish', () => {
        // Node may have set its timeout of idle connections since.
        if (socket.timeout === responseTimeout) socket.setTimeout(0);
      });
    });
  }

  /** Or answered by another handler of an embedding program. */
  get #isOver(): boolean {
    return this.#connection.isClosed || this.#response.destroyed || this.#response.headersSent;
  }
}

/** What a body parser of an embedding program has left of a body that it read before us. */
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

/** Writes the whole answer. What was set on `response` before stays, but for headers of the same names. */
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
