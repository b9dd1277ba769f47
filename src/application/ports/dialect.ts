import type { PeerId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { Liveness } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import type { TopicEvent } from '../../domain/topic.ts';
import type { HttpResponse } from './http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from './requests.ts';

/** What a refused connection is told before it is closed. */
export interface CloseFrame {
  /** A last message, UTF-8; undefined where the dialect has no word for it. */
  readonly frame: Uint8Array | undefined;
  readonly code: number;
  readonly why: string;
}

/** What a connection became a peer or a guest with. */
export interface Registration {
  readonly id: PeerId;
  /** O5, X4, X5: what spoke for the id until now, with the same token. */
  readonly replaces: 'nothing' | 'socket' | 'stream';
}

/**
 * One wire: from bytes to what is asked, from what is told to bytes. Pure, so the same text gives
 * the same answer; it never throws, whatever the bytes. Bytes that it gives out are borrowed until
 * its next call.
 */
export interface Dialect {
  readonly name: string;

  /** T2: whose publications its connections hear: those of all dialects that name the same space. */
  readonly space: string;

  /** T6: whether what is published in its space is kept for those who come back. */
  readonly keepsHistory: boolean;

  /** L1, X7: what shows that a connection lives. */
  readonly liveness: Liveness;

  /** X2: the least time between two texts on a stream; 0 for none. */
  readonly pace: Millis;

  /** Whether a WebSocket on this path speaks this dialect. @param path as it was sent. */
  servesWebSocketAt(path: string): boolean;

  /** Who a WebSocket says it is. @param query as it was sent. */
  connectRequest(query: string): ConnectRequest;

  /** What this dialect serves at a path; undefined where nothing. */
  route(path: string): HttpRoute | undefined;

  httpResponse(outcome: HttpOutcome): HttpResponse;

  /** Reads one frame. A payload in the answer is a view on `bytes`, or lent until the next call. */
  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest;

  /** What a peer is told of a message; undefined where the dialect has no word for it. */
  encode(message: SignalMessage): Uint8Array | undefined;

  /** The same for news; undefined where the dialect has no word for it. */
  encodeEvent(news: TopicEvent): Uint8Array | undefined;

  /** How a stream begins, before anything else; undefined for a dialect without streams. */
  streamPreamble(): Uint8Array | undefined;

  /** What a connection hears first when it is let in; undefined where nothing. */
  openFrame(welcome: Registration): Uint8Array | undefined;

  /** What keeps a connection alive that says nothing: MER9. Undefined for the transport's own ping. */
  keepAliveFrame(): Uint8Array | undefined;

  refusal(refusal: OpenRefusal): CloseFrame;

  closeFrame(ending: Ending): CloseFrame;
}
