import { STATUS_CODES } from 'node:http';
import type * as uWS from 'uWebSockets.js';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, Gateway, HttpExchange } from '../../../application/ports/transport.ts';
import type { MemoryAccount } from '../../../domain/memory-account.ts';
import type { BodyPieces } from '../shared/body-pieces.ts';
import { BodyReader, type BodyCallback } from '../shared/body-reader.ts';
import { hasNoBody, MAX_BODY_BYTES } from '../shared/requests.ts';
import { TASK_COST, WAITING_REQUEST_BYTES, type Turns } from '../shared/turn-tasks.ts';
import type { UwsRequest } from './request.ts';
import type { TlsReading } from './tls-reading.ts';

/** Operations that the requests of a transport share. */
export interface ExchangeHost {
  /** True if the connection may carry another request. */
  keepsAlive(): boolean;
  /** Starts a stream as the response. Its end is reported by `closed`, because the response has only one abort handler. */
  stream(response: uWS.HttpResponse, head: StreamHead, admission: Admission): { closed(): void };
  /** An admitted stream did not start. */
  abandoned(admission: Admission): void;
  /** M23. */
  readonly requests: Turns['requests'];
  /** M23. */
  readonly bodyPieces: BodyPieces;
  readonly bodilessResponses: BodilessResponses;
  readonly reading: TlsReading;
}

const BODILESS_IN_A_ROW = 64;

/**
 * H15: closes the connection after every 64th response without a body, counted over the transport. The library does not report
 * whether a client reads such responses, so this limits how many of them a connection can leave unread.
 */
export class BodilessResponses {
  #count = 0;

  /** Counts one response. @returns whether its connection stays open. */
  keepsAlive(): boolean {
    this.#count = (this.#count + 1) % BODILESS_IN_A_ROW;
    return this.#count !== 0;
  }
}

/**
 * One request of uWebSockets.js and its response. The body is read completely first, so that the connection can carry the next
 * request.
 */
export class UwsExchange implements HttpExchange {
  readonly request: UwsRequest;
  readonly #host: ExchangeHost;
  #response: uWS.HttpResponse | undefined;
  #stream: { closed(): void } | undefined;
  #gone: (() => void) | undefined;
  /** Defined while the body is being read. */
  #body: BodyReader | undefined;
  #answer: HttpResponse | undefined;
  /** The rest of the body is not read, so the connection carries no further request. */
  #isUnread = false;
  #isDeferred = false;

  constructor(request: UwsRequest, response: uWS.HttpResponse, host: ExchangeHost) {
    this.request = request;
    this.#response = response;
    this.#host = host;
    response.onAborted(() => {
      const gone = this.#response === undefined ? undefined : this.#gone;
      this.#response = undefined;
      this.#body?.discard();
      this.#stream?.closed();
      // The library may call this handler within a call to one of its sockets.
      if (gone !== undefined) queueMicrotask(gone);
    });
    if (request.framing !== 'none') this.#read(response, (this.#body = new BodyReader(MAX_BODY_BYTES, host.bodyPieces)));
  }

  /** M23: passes the exchange to the gateway, now or in a later turn. The body is received meanwhile: it must be read at once. */
  serve(gateway: Pick<Gateway, 'httpRequest'>): void {
    const pass = (): void => {
      if (this.#isOver) return;
      gateway.httpRequest(this);
      this.request.forgetHeaders();
    };
    if (this.request.framing !== 'none') return pass();
    this.#host.requests.run(TASK_COST.request, pass, WAITING_REQUEST_BYTES);
  }

  /** The connection has closed, or the response is sent. */
  get #isOver(): boolean {
    return this.#response === undefined;
  }

  spend(units: number): void {
    this.#host.requests.spend(units);
  }

  readBody(maxBytes: number, then: BodyCallback, memory?: MemoryAccount): void {
    const give = (body: Uint8Array | undefined): void => {
      this.#isUnread = body === undefined;
      this.#host.requests.run(TASK_COST.request, () => this.#isOver || then(body), body?.length ?? 0);
    };
    if (this.#body === undefined) queueMicrotask(() => give(new Uint8Array()));
    else this.#body.read(maxBytes, give, memory);
  }

  /** The library has no timeout for a request with a complete body. */
  holdOpen(gone: () => void): void {
    this.#gone = gone;
  }

  respond(answer: HttpResponse): void {
    this.#answer ??= answer;
    if (this.#body?.discard() === true) this.#isUnread = true;
    this.#sendWhenReady();
  }

  respondWithStream(head: StreamHead, admission: Admission): void {
    const response = this.#response;
    if (response === undefined) return this.#host.abandoned(admission);
    this.#stream = this.#host.stream(response, head, admission);
  }

  #read(response: uWS.HttpResponse, body: BodyReader): void {
    response.onData((piece, isLast) => {
      if (body.add(new Uint8Array(piece)) === 'excessive') return void this.#response?.close();
      if (!isLast) return;
      this.#body = undefined;
      body.end();
      this.#sendWhenReady();
    });
  }

  /** A request whose body is not read is answered at once, because the rest of the connection is not read. */
  #sendWhenReady(): void {
    const response = this.#response;
    const answer = this.#answer;
    const isReady = this.#body === undefined || this.#isUnread;
    if (response === undefined || answer === undefined || !isReady || this.#isDeferred) return;
    const isHead = this.request.method === 'HEAD';
    const isBodiless = isHead || !hasBody(answer);
    const isLast = !this.#keepsAlive || closesConnection(answer) || (isBodiless && !this.#host.bodilessResponses.keepsAlive());
    const send = (): void => {
      if (this.#response === undefined) return;
      this.#response = undefined;
      if (isLast) sendAndClose(response, answer, isHead);
      else if (isBodiless) sendWithoutBody(response, answer, isHead);
      else sendAndKeepAlive(response, answer);
    };
    this.#isDeferred = true;
    if (isLast) setImmediate(send);
    else this.#host.reading.afterwards(send);
  }

  /** H13: the library ignores trailers after the last chunk, and would read them as another request. */
  get #keepsAlive(): boolean {
    return this.#host.keepsAlive() && !this.#isUnread && this.request.framing !== 'chunked';
  }
}

/** Rejects an upgrade or an ambiguous request, and closes the connection. */
export function rejectRequest(response: uWS.HttpResponse, answer: HttpResponse): void {
  let isOver = false;
  response.onAborted(() => {
    isOver = true;
  });
  setImmediate(() => {
    if (!isOver) sendAndClose(response, answer, false);
  });
}

/** Rejects a request about which the gateway was not asked. */
export function refuse(
  gateway: Pick<Gateway, 'refused'>,
  { request, response }: { readonly request: UwsRequest; readonly response: uWS.HttpResponse },
  answer: HttpResponse,
): void {
  gateway.refused(request, answer);
  rejectRequest(response, answer);
}

/*
 * H15: the library writes a response even if the client does not read, and continues with the next request of the packet. It
 * closes a connection whose next request is parsed before the response is sent. Therefore a response with a body is not written
 * completely to a client that has not read the earlier ones, and the last response is sent at the end of the event-loop turn.
 */

function sendAndKeepAlive(response: uWS.HttpResponse, { status, headers, body }: HttpResponse): void {
  const bytes = Buffer.from(body);
  response.cork(() => {
    writeHead(response, { status, headers });
    const [isSent] = response.tryEnd(bytes, bytes.length);
    if (!isSent) response.onWritable((offset) => response.tryEnd(bytes.subarray(offset), bytes.length)[0]);
  });
}

// With a length and no body, the library waits for the body and the connection carries no further request. Therefore the length
// of HEAD is written as a header, and `endWithoutBody` is called without arguments.
function sendWithoutBody(response: uWS.HttpResponse, { status, headers, body }: HttpResponse, isHead: boolean): void {
  response.cork(() => {
    writeHead(response, { status, headers });
    if (isHead) response.writeHeader('content-length', String(Buffer.byteLength(body)));
    if (isHead || hasNoBody(status)) response.endWithoutBody();
    else response.end('');
  });
}

function sendAndClose(response: uWS.HttpResponse, answer: HttpResponse, isHead: boolean): void {
  const { status, headers, body } = answer;
  const isTold = closesConnection(answer);
  const closing: HttpResponse = isTold ? answer : { status, headers: [...headers, ['connection', 'close']], body };
  if (isHead || hasNoBody(status)) return sendWithoutBody(response, closing, isHead);
  response.cork(() => {
    writeHead(response, closing);
    response.end(body, true);
  });
}

/** Must be called within a cork. */
export function writeHead(response: uWS.HttpResponse, { status, headers }: StreamHead): void {
  response.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
  for (const [name, value] of headers) response.writeHeader(name, value);
}

function hasBody({ status, body }: HttpResponse): boolean {
  return body !== '' && !hasNoBody(status);
}

function closesConnection({ headers }: HttpResponse): boolean {
  return headers.some(([name, value]) => name === 'connection' && value === 'close');
}
