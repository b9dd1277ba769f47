import { STATUS_CODES } from 'node:http';
import type * as uWS from 'uWebSockets.js';
import type { Exchange, HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import { addressOfBytes } from '../shared/addresses.ts';
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

/**
 * One request of uWebSockets.js that waits for its answer. A body is read past first, so that the
 * connection is fit for the next request.
 */
export class UwsExchange implements Exchange {
  readonly request: HttpRequest;
  readonly #goesOn: () => boolean;
  #response: uWS.HttpResponse | undefined;
  #awaitsBody: boolean;
  #answer: HttpResponse | undefined;

  /** @param goesOn whether the connection may carry another request. */
  constructor(request: HttpRequest, response: uWS.HttpResponse, goesOn: () => boolean) {
    this.request = request;
    this.#response = response;
    this.#goesOn = goesOn;
    this.#awaitsBody = hasBody(request);
    response.onAborted(() => {
      this.#response = undefined;
    });
    if (this.#awaitsBody) this.#readPastBody(response);
  }

  answer(answer: HttpResponse): void {
    this.#answer ??= answer;
    this.#sendWhenReady();
  }

  #readPastBody(response: uWS.HttpResponse): void {
    let bodyBytes = 0;
    response.onData((chunk, isLast) => {
      bodyBytes += chunk.byteLength;
      if (bodyBytes > MAX_BODY_BYTES) return void response.close();
      if (!isLast) return;
      this.#awaitsBody = false;
      this.#sendWhenReady();
    });
  }

  #sendWhenReady(): void {
    const response = this.#response;
    if (response === undefined || this.#answer === undefined || this.#awaitsBody) return;
    this.#response = undefined;
    send(response, this.#answer, { isHead: this.request.method === 'HEAD', goesOn: this.#goesOn() });
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
    response.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
    for (const [name, value] of headers) response.writeHeader(name, value);
    if (isLast && !isToldToClose) response.writeHeader('connection', 'close');
    // Told a length and given no body, the library waits for one, and the connection carries no other
    // request. So HEAD tells its length itself, and the library is given no argument: with any it tells one.
    if (isHead) response.writeHeader('content-length', String(Buffer.byteLength(body)));
    if (isHead || hasNoBody(status)) return void response.endWithoutBody();
    response.end(body, isLast);
  });
}

function hasBody(request: HttpRequest): boolean {
  return request.header('transfer-encoding') !== undefined || (request.header('content-length') ?? '0') !== '0';
}
