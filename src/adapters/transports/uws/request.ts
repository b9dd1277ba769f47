import type * as uWS from 'uWebSockets.js';
import type { HttpRequest } from '../../../application/ports/http.ts';
import { addressFromBytes } from '../shared/addresses.ts';

/**
 * How a request says where its body ends. `ambiguous`: another reader might end it elsewhere (RFC 9112, 6.3). The
 * library reads such heads in its own way: it takes the first of two lengths, an empty length for none, and every
 * coding for `chunked`.
 */
export type Framing = 'none' | 'counted' | 'chunked' | 'ambiguous';

/** H10: headers that may come in several pieces. The library's own `getHeader` gives the first. */
const LISTS: ReadonlySet<string> = new Set(['connection', 'x-forwarded-for', 'access-control-request-headers']);

/** Reads the library's request, which lives only as long as the handler that was given it. */
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
    // Typed as text, and yet undefined where the target has no `?`.
    this.query = request.getQuery() ?? '';
    this.remoteAddress = addressFromBytes(new Uint8Array(response.getRemoteAddress()));
    request.forEach((name, value) => this.#note(name, value));
  }

  get framing(): Framing {
    return this.#framing;
  }

  header(name: string): string | undefined {
    if (LISTS.has(name)) return this.#lists.get(name);
    // Empty where there is none.
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
