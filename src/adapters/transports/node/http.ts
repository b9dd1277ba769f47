import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, Exchange } from '../../../application/ports/transport.ts';
import type { Millis } from '../../../domain/time.ts';
import { addressText } from '../shared/addresses.ts';
import { Body, type BodyWish } from '../shared/body.ts';
import { withSocket, type Line } from './line.ts';
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
    this.remoteAddress = addressText(request.socket.remoteAddress);
  }

  header(name: string): string | undefined {
    if (!Object.hasOwn(this.#request.headers, name)) return undefined;
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/** A response, and the connection that it leaves by. */
export interface Answering {
  readonly response: ServerResponse;
  readonly line: Line;
}

/** What the requests of a transport have in common. */
export interface Desk {
  /** How long an answer may make no progress because its far end does not read. */
  readonly answerTimeout: Millis;
  /** Whether the connection may carry another request. */
  goesOn(): boolean;
  /** Begins a stream in place of an answer. */
  stream(answering: Answering, head: StreamHead, admission: Admission): void;
  /** An admitted stream came to nothing. */
  abandoned(admission: Admission): void;
}

/** One request of `node:http` that waits for its answer. Its body is always read, so that the connection is fit for the next. */
export class NodeExchange implements Exchange {
  readonly request: HttpRequest;
  readonly #raw: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #line: Line;
  readonly #desk: Desk;
  readonly #body = new Body(MAX_BODY_BYTES);
  /** The idle timeout that `hold` took off the connection. */
  #heldTimeout: number | undefined;
  #release: (() => void) | undefined;

  constructor(raw: IncomingMessage, { response, line }: Answering, request: HttpRequest, desk: Desk) {
    this.request = request;
    this.#raw = raw;
    this.#response = response;
    this.#line = line;
    this.#desk = desk;
    raw.on('data', (piece: Buffer) => {
      if (this.#body.add(piece) === 'excessive') raw.destroy();
    });
    raw.on('end', () => this.#body.end());
  }

  body(maxBytes: number, then: BodyWish): void {
    const give = (body: Uint8Array | undefined): void => {
      // Nothing else is read of a connection whose body was not read to its end.
      if (body === undefined) this.#response.shouldKeepAlive = false;
      then(body);
    };
    if (!this.#raw.readableEnded) return this.#body.wish(maxBytes, give);
    const body = bodyReadBefore(this.#raw);
    queueMicrotask(() => give(body.length > maxBytes ? undefined : body));
  }

  hold(gone: () => void): void {
    withSocket(this.#response, (socket) => {
      if (this.#isOver) return;
      this.#heldTimeout = socket.timeout;
      socket.setTimeout(0);
    });
    this.#release = this.#line.whenGone(() => queueMicrotask(gone));
  }

  answer(answer: HttpResponse): void {
    if (this.#isOver) return;
    this.#release?.();
    if (!this.#line.owes(this.#response, Buffer.byteLength(answer.body))) return this.#line.cut();
    // An answer that is not read is cut like any other.
    if (this.#heldTimeout !== undefined) this.#response.socket?.setTimeout(this.#heldTimeout);
    if (!this.#desk.goesOn()) this.#response.shouldKeepAlive = false;
    send(this.#response, answer);
    if (this.#response.writableLength > 0) this.#boundReading();
  }

  stream(head: StreamHead, admission: Admission): void {
    if (this.#isOver) return this.#desk.abandoned(admission);
    this.#release?.();
    this.#desk.stream({ response: this.#response, line: this.#line }, head, admission);
  }

  /** The server of an embedding program may have no timeout. */
  #boundReading(): void {
    const { answerTimeout } = this.#desk;
    withSocket(this.#response, (socket) => {
      if ((socket.timeout ?? 0) > 0) return;
      socket.setTimeout(answerTimeout);
      this.#response.once('finish', () => {
        // Node may have set its timeout of idle connections since.
        if (socket.timeout === answerTimeout) socket.setTimeout(0);
      });
    });
  }

  /** Or answered by another handler of an embedding program. */
  get #isOver(): boolean {
    return this.#line.isGone || this.#response.destroyed || this.#response.headersSent;
  }
}

/** What a body parser of an embedding program has left of a body that it read before us. */
function bodyReadBefore({ headers, body }: IncomingMessage & { readonly body?: unknown }): Uint8Array {
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
export function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
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
