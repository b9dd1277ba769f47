import type { HitLimit } from './hit-limit.ts';

/** One HTTP request, or the request of an upgrade. Readable only until the call that delivers the request returns. */
export interface HttpRequest {
  /** In upper case. */
  readonly method: string;
  /** The request target before `?`, as the client sent it. */
  readonly path: string;
  /** The request target after `?`, as the client sent it; empty if there is none. */
  readonly query: string;
  /** The remote end of the TCP connection: `192.0.2.1`, `2001:db8::1`. IPv4-mapped IPv6 is given as IPv4. */
  readonly remoteAddress: string;
  /**
   * The value of a header; undefined if absent. For `x-forwarded-for` and `access-control-request-headers` the values of all
   * occurrences, joined in order; for any other header at least the first value.
   * @param name in lower case.
   */
  header(name: string): string | undefined;
}

/** A complete response. The transport adds `content-length`, and omits the body for HEAD. */
export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Logged, not sent: the reason of a refusal, if the body does not give one. */
  readonly why?: string | undefined;
  /** Logged, not sent: the limit that was exceeded. */
  readonly limit?: HitLimit | undefined;
}

/** The token of the header `Authorization: Bearer`; undefined for another scheme, and for more than one word. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
