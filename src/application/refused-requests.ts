import type { MemoryAccount } from '../domain/memory-account.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log, LoggedRequest } from './ports/log.ts';
import type { Admission, HttpExchange } from './ports/transport.ts';

const MAX_CHARACTERS = 200;
const MASK = '[…]';
/** X2, X6: old clients post to paths whose last segment but one is the token. */
const MESSAGE_SEGMENTS: ReadonlySet<string> = new Set(['id', 'offer', 'answer', 'candidate', 'leave', '']);
const MIN_SEGMENTS_WITH_TOKEN = 4;

/** The logged parts of a request: no query and no token. Must be called while the request is readable. */
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
  const hasToken = segments.length > MIN_SEGMENTS_WITH_TOKEN && (isCut || MESSAGE_SEGMENTS.has(segments.at(-1) ?? ''));
  if (!hasToken) return segments.join('/') + (isCut ? '…' : '');
  // In a truncated path the token may be anywhere after the id.
  if (isCut) return [...segments.slice(0, MIN_SEGMENTS_WITH_TOKEN - 1), MASK].join('/');
  return [...segments.slice(0, -2), MASK, segments.at(-1)].join('/');
}

/** The short reason of a refusal. */
export function reasonOf({ status, body, why }: HttpResponse): string {
  return why ?? (body.split('\n', 1)[0]?.slice(0, MAX_CHARACTERS) || String(status));
}

/** An exchange that logs a refusal. */
export class LoggedExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #exchange: HttpExchange;
  readonly #addresses: ClientAddresses;
  readonly #log: Log;
  #logged: LoggedRequest | undefined = undefined;
  #isAnswered = false;

  constructor(exchange: HttpExchange, { addresses, log }: { readonly addresses: ClientAddresses; readonly log: Log }) {
    this.request = exchange.request;
    this.#exchange = exchange;
    this.#addresses = addresses;
    this.#log = log;
  }

  readBody(maxBytes: number, then: (body: Uint8Array | undefined) => void, memory?: MemoryAccount): void {
    this.#exchange.readBody(maxBytes, then, memory);
  }

  holdOpen(onClientGone: () => void): void {
    this.#exchange.holdOpen(onClientGone);
  }

  spend(units: number): void {
    this.#exchange.spend?.(units);
  }

  respond(response: HttpResponse): void {
    this.#isAnswered = true;
    this.#exchange.respond(response);
    if (response.status < 400) return;
    const { status, limit } = response;
    const request = this.#logged ?? loggedRequest(this.request, this.#addresses);
    this.#log.record({ event: 'request-refused', request, status, why: reasonOf(response), limit });
  }

  respondWithStream(head: Omit<HttpResponse, 'body'>, admission: Admission): void {
    this.#isAnswered = true;
    this.#exchange.respondWithStream(head, admission);
  }

  /** Reads the logged parts of the request, because the request is not readable after the call that delivered the exchange. */
  snapshotRequest(): void {
    if (!this.#isAnswered) this.#logged = loggedRequest(this.request, this.#addresses);
  }
}
