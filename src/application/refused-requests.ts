import type { ClientAddresses } from './ports/client-addresses.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log, LoggedRequest } from './ports/log.ts';
import type { Admission, HttpExchange } from './ports/transport.ts';

const MAX_CHARACTERS = 200;
const MASK = '[…]';
/** X2, X6: what old clients post to carries their token as the last segment but one. */
const WORDS: ReadonlySet<string> = new Set(['id', 'offer', 'answer', 'candidate', 'leave', '']);
const LEAST_SEGMENTS_WITH_TOKEN = 4;

/** What the log tells of a request: no query, no token. To be called while the request can be read. */
export function loggedRequest(request: HttpRequest, addresses: ClientAddresses): LoggedRequest {
  const { method, path, remoteAddress } = request;
  const address = addresses.of(request);
  const isDirect = address === remoteAddress;
  return {
    method,
    path: withoutToken(path),
    origin: request.header('origin')?.slice(0, MAX_CHARACTERS),
    address,
    proxy: isDirect ? undefined : remoteAddress,
    ignoresForwardedFor: isDirect && request.header('x-forwarded-for') !== undefined,
  };
}

function withoutToken(path: string): string {
  const segments = path.slice(0, MAX_CHARACTERS).split('/');
  const isCut = path.length > MAX_CHARACTERS;
  const hasToken = segments.length > LEAST_SEGMENTS_WITH_TOKEN && (isCut || WORDS.has(segments.at(-1) ?? ''));
  if (!hasToken) return segments.join('/') + (isCut ? '…' : '');
  // Where the path was cut, its token is anywhere behind the id.
  if (isCut) return [...segments.slice(0, LEAST_SEGMENTS_WITH_TOKEN - 1), MASK].join('/');
  return [...segments.slice(0, -2), MASK, segments.at(-1)].join('/');
}

/** Why a response refuses, in a few words of the broker's own. */
export function reasonOf({ status, body, why }: HttpResponse): string {
  return why ?? (body.split('\n', 1)[0]?.slice(0, MAX_CHARACTERS) || String(status));
}

/** An exchange whose refusal is logged. */
export class LoggedExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #exchange: HttpExchange;
  readonly #addresses: ClientAddresses;
  readonly #log: Log;
  #logged: LoggedRequest | undefined = undefined;
  #isOver = false;

  constructor(exchange: HttpExchange, { addresses, log }: { readonly addresses: ClientAddresses; readonly log: Log }) {
    this.request = exchange.request;
    this.#exchange = exchange;
    this.#addresses = addresses;
    this.#log = log;
  }

  readBody(maxBytes: number, then: (body: Uint8Array | undefined) => void): void {
    this.#exchange.readBody(maxBytes, then);
  }

  holdOpen(gone: () => void): void {
    this.#exchange.holdOpen(gone);
  }

  respond(response: HttpResponse): void {
    this.#isOver = true;
    this.#exchange.respond(response);
    if (response.status < 400) return;
    const { status, limit } = response;
    const request = this.#logged ?? loggedRequest(this.request, this.#addresses);
    this.#log.record({ event: 'request-refused', request, status, why: reasonOf(response), limit });
  }

  respondWithStream(head: Omit<HttpResponse, 'body'>, admission: Admission): void {
    this.#isOver = true;
    this.#exchange.respondWithStream(head, admission);
  }

  /** The call that brought the exchange is about to return: what the log may need of the request is read now. */
  snapshotRequest(): void {
    if (!this.#isOver) this.#logged = loggedRequest(this.request, this.#addresses);
  }
}
