import { STATUS_CODES } from 'node:http';
import type * as uWS from 'uWebSockets.js';
import type { Exchange, HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission } from '../../../application/ports/transport.ts';
import { addressOfBytes } from '../shared/addresses.ts';
import { Body, type BodyWish } from '../shared/body.ts';
import { hasNoBody, MAX_BODY_BYTES } from '../shared/requests.ts';

/** Headers that may come in several pieces. */
const LISTS: ReadonlySet<string> = new Set(['x-forwarded-for', 'access-control-request-headers']);

/** Reads the library's request, which lives only as long as the handler that was given it. */
export class UwsRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly #request: uWS.HttpRequest;

  constructor(request: uWS.HttpRequest, response: uWS.HttpResponse) {
    this.#request = request;
    this.method = request.getCaseSensitiveMethod().toUpperCase();
    this.path = request.getUrl();
    // Typed as text, and yet undefined where the target has no `?`.
    this.query = request.getQuery() ?? '';
    this.remoteAddress = addressOfBytes(new Uint8Array(response.getRemoteAddress()));
  }

  header(name: string): string | undefined {
    if (LISTS.has(name)) return this.#list(name);
    // Empty where there is none.
    return this.#request.getHeader(name) || undefined;
  }

  // H10: the library's own `getHeader` knows the first of several only; proxies append theirs as the last.
  #list(name: string): string | undefined {
    let list: string | undefined;
    this.#request.forEach((key, value) => {
      if (key === name) list = list === undefined ? value : `${list}, ${value}`;
    });
    return list;
  }
}

/** What the requests of a transport have in common. */
export interface Desk {
  /** Whether the connection may carry another request. */
  goesOn(): boolean;
  /** Begins a stream in place of an answer; whoever gets it hears of its end from `onAborted` no more. */
  stream(response: uWS.HttpResponse, head: StreamHead, admission: Admission): { ended(): void };
  /** An admitted stream came to nothing. */
  abandoned(admission: Admission): void;
}

/**
 * One request of uWebSockets.js that waits for its answer. A body is read to its end first, so that
 * the connection is fit for the next request.
 */
export class UwsExchange implements Exchange {
  readonly request: HttpRequest;
  readonly #desk: Desk;
  #response: uWS.HttpResponse | undefined;
  #stream: { ended(): void } | undefined;
  #gone: (() => void) | undefined;
  /** There while it is to be read. */
  #body: Body | undefined;
  #answer: HttpResponse | undefined;
  #isTooBig = false;

  constructor(request: HttpRequest, response: uWS.HttpResponse, desk: Desk) {
    this.request = request;
    this.#response = response;
    this.#desk = desk;
    response.onAborted(() => {
      const gone = this.#response === undefined ? undefined : this.#gone;
      this.#response = undefined;
      this.#stream?.ended();
      // The library may call this from inside a call to one of its sockets.
      if (gone !== undefined) queueMicrotask(gone);
    });
    if (hasBody(request)) this.#read(response, (this.#body = new Body(MAX_BODY_BYTES)));
  }

  body(maxBytes: number, then: BodyWish): void {
    const give = (body: Uint8Array | undefined): void => {
      this.#isTooBig = body === undefined;
      if (this.#response !== undefined) then(body);
    };
    if (this.#body === undefined) queueMicrotask(() => give(new Uint8Array()));
    else this.#body.wish(maxBytes, give);
  }

  /** The library has no timeout for a request whose body is there. */
  hold(gone: () => void): void {
    this.#gone = gone;
  }

  answer(answer: HttpResponse): void {
    this.#answer ??= answer;
    this.#sendWhenReady();
  }

  stream(head: StreamHead, admission: Admission): void {
    const response = this.#response;
    if (response === undefined) return this.#desk.abandoned(admission);
    this.#stream = this.#desk.stream(response, head, admission);
  }

  #read(response: uWS.HttpResponse, body: Body): void {
    response.onData((piece, isLast) => {
      if (body.add(new Uint8Array(piece)) === 'excessive') return void this.#response?.close();
      if (!isLast) return;
      this.#body = undefined;
      body.end();
      this.#sendWhenReady();
    });
  }

  /** What is too big is answered at once: nothing else is read of that connection. */
  #sendWhenReady(): void {
    const response = this.#response;
    const isReady = this.#body === undefined || this.#isTooBig;
    if (response === undefined || this.#answer === undefined || !isReady) return;
    this.#response = undefined;
    send(response, this.#answer, { isHead: this.request.method === 'HEAD', goesOn: this.#desk.goesOn() && !this.#isTooBig });
  }
}

/** Says no to an upgrade; its connection ends with that. */
export function refuse(response: uWS.HttpResponse, answer: HttpResponse): void {
  send(response, answer, { isHead: false, goesOn: false });
}

function send(
  response: uWS.HttpResponse,
  { status, headers, body }: HttpResponse,
  { isHead, goesOn }: { readonly isHead: boolean; readonly goesOn: boolean },
): void {
  const isToldToClose = headers.some(([name, value]) => name === 'connection' && value === 'close');
  const isLast = isToldToClose || !goesOn;
  response.cork(() => {
    writeHead(response, { status, headers });
    if (isLast && !isToldToClose) response.writeHeader('connection', 'close');
    // Told a length and given no body, the library waits for one, and the connection carries no other
    // request. So HEAD tells its length itself, and the library is given no argument: with any it tells one.
    if (isHead) response.writeHeader('content-length', String(Buffer.byteLength(body)));
    if (isHead || hasNoBody(status)) return void response.endWithoutBody();
    response.end(body, isLast);
  });
}

/** To be called within a cork. */
export function writeHead(response: uWS.HttpResponse, { status, headers }: StreamHead): void {
  response.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
  for (const [name, value] of headers) response.writeHeader(name, value);
}

function hasBody(request: HttpRequest): boolean {
  return request.header('transfer-encoding') !== undefined || (request.header('content-length') ?? '0') !== '0';
}
