import type { SignalMessage } from '../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { HttpResponse } from './http.ts';
import type { Credentials, FrameRequest, HttpOutcome, HttpRoute } from './requests.ts';

/** What a refused connection is told before it is closed. */
export interface Farewell {
  /** A last message, UTF-8; undefined where the dialect has no word for it. */
  readonly frame: Uint8Array | undefined;
  readonly code: number;
  readonly why: string;
}

/**
 * One wire: from bytes to what is asked, from what is told to bytes. Pure, so the same text gives
 * the same answer; it never throws, whatever the bytes. Bytes that it gives out are borrowed until
 * its next call.
 */
export interface Dialect {
  readonly name: string;

  /** Whether a WebSocket on this path speaks this dialect. @param path as it was sent. */
  opensAt(path: string): boolean;

  /** Who the connection says it is. @param query as it was sent. */
  credentials(query: string): Credentials;

  /** What this dialect serves at a path; undefined where nothing. */
  routes(path: string): HttpRoute | undefined;

  answer(outcome: HttpOutcome): HttpResponse;

  /** Reads one frame. A payload in the answer is a view on `bytes`. */
  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest;

  encode(message: SignalMessage): Uint8Array;

  /** What a connection hears first when it has become a peer; undefined where nothing. */
  welcome(): Uint8Array | undefined;

  refusal(refusal: OpenRefusal): Farewell;

  farewell(ending: Ending): Farewell;
}
