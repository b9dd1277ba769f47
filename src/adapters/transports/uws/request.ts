import type * as uWS from 'uWebSockets.js';
import type { HttpRequest } from '../../../application/ports/http.ts';
import { addressFromBytes } from '../shared/addresses.ts';

/**
 * How a request marks the end of its body. `ambiguous`: another parser could find another end (RFC 9112, 6.3). The library
 * accepts such requests: it uses the first of two lengths, reads an empty length as none, and every coding as `chunked`.
 */
export type Framing = 'none' | 'counted' | 'chunked' | 'ambiguous';

/** H10: headers that may be repeated. The library's `getHeader` returns only the first. */
const LISTS: ReadonlySet<string> = new Set([
  'connection',
  'x-forwarded-for',
  'access-control-request-headers',
  'sec-websocket-protocol',
]);

/** Adapts the library's request, which is valid only within its handler. */
export class UwsRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly #request: uWS.HttpRequest;
  readonly #lists = new Map<string, string>();
  #framing: Framing = 'none';

  constructor(request: uWS.HttpRequest, response: uWS.HttpResponse) {
    this.#request = request;
    this.method = request.getCaseSensitiveMethod().toUpperCase();
    this.path = request.getUrl();
    // Typed as a string, but undefined for a target without `?`.
    this.query = request.getQuery() ?? '';
    this.remoteAddress = addressFromBytes(new Uint8Array(response.getRemoteAddress()));
    request.forEach((name, value) => this.#note(name, value));
  }

  get framing(): Framing {
    return this.#framing;
  }

  header(name: string): string | undefined {
    if (LISTS.has(name)) return this.#lists.get(name);
    // Empty if the header is missing.
    return this.#request.getHeader(name) || undefined;
  }

  #note(name: string, value: string): void {
    if (name === 'content-length') this.#framed(value === '' ? 'ambiguous' : 'counted');
    else if (name === 'transfer-encoding') this.#framed(value.toLowerCase() === 'chunked' ? 'chunked' : 'ambiguous');
    else if (LISTS.has(name)) {
      const earlier = this.#lists.get(name);
      this.#lists.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
    }
  }

  #framed(by: Framing): void {
    this.#framing = this.#framing === 'none' ? by : 'ambiguous';
  }
}
