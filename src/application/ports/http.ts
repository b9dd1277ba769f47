import type { HitLimit } from './hit-limit.ts';

/** One HTTP request, or the request of an upgrade. To be read before the call that brings it returns. */
export interface HttpRequest {
  /** In capitals. */
  readonly method: string;
  /** The target up to `?`, as it was sent. */
  readonly path: string;
  /** The target behind `?`, as it was sent; empty where there is none. */
  readonly query: string;
  /** The far end of the TCP connection: `192.0.2.1`, `2001:db8::1`; IPv4 inside IPv6 is told as IPv4. */
  readonly remoteAddress: string;
  /**
   * Undefined where there is none. Of `x-forwarded-for` and `access-control-request-headers`, all that
   * were sent, as one list in order; of any other at least the first.
   * @param name in small letters.
   */
  header(name: string): string | undefined;
}

/** A whole answer. `content-length` is the transport's to add, and to leave the body out for HEAD. */
export interface HttpResponse {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** For the log, and not sent: why it refuses, where the body does not say so. */
  readonly why?: string | undefined;
  /** For the log, and not sent: the limit that was hit. */
  readonly limit?: HitLimit | undefined;
}
