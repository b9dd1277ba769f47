import type * as uWS from 'uWebSockets.js';
import type { HttpRequest } from '../../../application/ports/http.ts';
import { addressFromBytes } from '../shared/addresses.ts';

/**
 * How a request marks the end of its body. `ambiguous`: another parser could find another end (RFC 9112, 6.3). The library
 * accepts such requests: it uses the first of two lengths, reads an empty length as none, and every coding as `chunked`.
 */
export type Framing = 'none' | 'counted' | 'chunked' | 'ambiguous';

/** H10: headers whose occurrences are joined. */
const LISTS: ReadonlySet<string> = new Set([
  'connection',
  'x-forwarded-for',
  'access-control-request-headers',
  'sec-websocket-protocol',
]);

/**
 * Adapts the library's request, which is valid only within its handler. All headers are read in one call, because each call of
 * the library for one header costs more than a search among them.
 */
export class UwsRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  /** In order of arrival, names in lower case. */
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  #framing: Framing = 'none';

  constructor(request: uWS.HttpRequest, response: uWS.HttpResponse) {
    this.method = request.getCaseSensitiveMethod().toUpperCase();
    this.path = request.getUrl();
    // Typed as a string, but undefined for a target without `?`.
    this.query = request.getQuery() ?? '';
    this.remoteAddress = addressFromBytes(new Uint8Array(response.getRemoteAddress()));
    request.forEach((name, value) => this.#add(name, value));
  }

  get framing(): Framing {
    return this.#framing;
  }

  header(name: string): string | undefined {
    const first = this.#names.indexOf(name);
    if (first < 0) return undefined;
    // An empty header is treated as absent, except in a list.
    if (!LISTS.has(name)) return this.#values[first] || undefined;
    if (!this.#names.includes(name, first + 1)) return this.#values[first];
    return this.#values.filter((_, index) => this.#names[index] === name).join(', ');
  }

  /** Whether there is a second header of this name. */
  repeats(name: string): boolean {
    const first = this.#names.indexOf(name);
    return first >= 0 && this.#names.includes(name, first + 1);
  }

  /** Frees their memory, because a response may be pending for a long time. */
  forgetHeaders(): void {
    this.#names.length = 0;
    this.#values.length = 0;
  }

  #add(name: string, value: string): void {
    this.#names.push(name);
    this.#values.push(value);
    if (name === 'content-length') this.#framed(value === '' ? 'ambiguous' : 'counted');
    else if (name === 'transfer-encoding') this.#framed(value.toLowerCase() === 'chunked' ? 'chunked' : 'ambiguous');
  }

  #framed(by: Framing): void {
    this.#framing = this.#framing === 'none' ? by : 'ambiguous';
  }
}
