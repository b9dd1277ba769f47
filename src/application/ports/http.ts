import type { HitLimit } from './log.ts';
import type { Admission } from './transport.ts';

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

/** One request that waits for its answer. */
export interface Exchange {
  readonly request: HttpRequest;

  /**
   * Asks for the body. To be called before the call that brings the exchange returns, at most once;
   * a body that nobody asks for is read past. Not answered where the far end goes away first.
   * @param then gets the whole body in a turn of its own, borrowed for the call; undefined where it
   * has more than `maxBytes`. Without a body it gets no bytes.
   */
  body(maxBytes: number, then: (body: Uint8Array | undefined) => void): void;

  /**
   * The answer may take as long as it likes: no timeout of the transport ends the exchange before it.
   * To be called before the call that brings the exchange returns, at most once.
   * @param gone called in a turn of its own, once, if the far end goes away before it was answered.
   */
  hold(gone: () => void): void;

  /** `answer` or `stream` is to be called exactly once, in this turn or later. Does nothing when the far end has gone. */
  answer(response: HttpResponse): void;

  /**
   * Begins an answer whose body stays open: a connection that only ever tells. It is reported like
   * any other, `opened` within this call; where the far end has gone, it is `abandoned` instead. So
   * it must not be called within a turn of the broker. Its `close` ends the body; code and reason are not told.
   * The head leaves with the first text at the latest.
   */
  stream(head: Omit<HttpResponse, 'body'>, admission: Admission): void;
}
