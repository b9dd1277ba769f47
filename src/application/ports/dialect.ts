import type { PeerId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { AccessRefusal, Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { Liveness } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import type { TopicEvent } from '../../domain/topic.ts';
import type { HttpResponse } from './http.ts';
import type { IssuedIceServers } from './ice-servers.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from './requests.ts';

/** How a dialect closes a connection: an optional last message, then the close code. */
export interface CloseFrame {
  /** The last message, UTF-8; undefined if the dialect has no message for this case. */
  readonly frame: Uint8Array | undefined;
  readonly code: number;
  readonly why: string;
}

/** The registration that is confirmed to a new peer or guest. */
export interface Registration {
  readonly id: PeerId;
  /** O5, X4, X5: the connection with the same token that this one replaces. */
  readonly replaces: 'nothing' | 'socket' | 'stream';
}

/** A7: a notice about the token of an open peer. `in` is the time until the grant expires; NEVER for none. */
export type TokenNotice =
  | { readonly notice: 'expiring' | 'accepted'; readonly in: Millis }
  | { readonly notice: 'refused'; readonly refusal: AccessRefusal };

/**
 * A wire protocol: decodes frames to requests and encodes messages and events to frames. A dialect is pure: the same input gives
 * the same output. It never throws, for any bytes. Returned bytes are borrowed until the next call.
 */
export interface Dialect {
  readonly name: string;

  /** T2: the topic space. Dialects with the same space share their publications. */
  readonly space: string;

  /** T6: whether publications in the space are kept for replay. */
  readonly keepsHistory: boolean;

  /** L1, X7: how a connection shows that it is alive. */
  readonly liveness: Liveness;

  /** X2: the shortest interval between two messages on a stream; 0 for none. */
  readonly pace: Millis;

  /** Whether WebSockets on this path use this dialect. @param path as the client sent it. */
  servesWebSocketAt(path: string): boolean;

  /** Reads the connect request of a WebSocket. @param query as the client sent it. */
  connectRequest(query: string): ConnectRequest;

  /** The HTTP route at a path; undefined if the dialect serves none there. */
  route(path: string): HttpRoute | undefined;

  httpResponse(outcome: HttpOutcome): HttpResponse;

  /** Decodes one frame. A payload in the result is a view on `bytes`, or is valid until the next call. */
  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest;

  /** Encodes a message to a peer; undefined if the dialect can't express it. */
  encode(message: SignalMessage): Uint8Array | undefined;

  /** Encodes a topic event; undefined if the dialect can't express it. */
  encodeEvent(event: TopicEvent): Uint8Array | undefined;

  /** The first bytes of a stream; undefined for a dialect without streams. */
  streamPreamble(): Uint8Array | undefined;

  /** The frame that confirms the registration; undefined if the dialect has none. */
  openFrame(registration: Registration): Uint8Array | undefined;

  /** I12: the message with ICE servers. A dialect without such a message has no such method. */
  iceFrame?(issued: IssuedIceServers): Uint8Array;

  /** A7: the message with a notice. A dialect without such a message has no such method. */
  tokenFrame?(notice: TokenNotice): Uint8Array;

  /** MER9: the frame that keeps an idle connection alive; undefined to use the transport's own ping. */
  keepAliveFrame(): Uint8Array | undefined;

  refusal(refusal: OpenRefusal): CloseFrame;

  closeFrame(ending: Ending): CloseFrame;
}
