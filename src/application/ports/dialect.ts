import type { PeerId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { AccessRefusal, Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { Liveness } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import type { TopicEvent } from '../../domain/topic.ts';
import type { HttpResponse } from './http.ts';
import type { IssuedIceServers } from './ice-servers.ts';
import type { ConversationRequest, FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from './requests.ts';

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
  /** A5, MER12: the time until the token expires; undefined for a client that does not expire. */
  readonly expiresIn?: Millis | undefined;
}

/** A7: a notice about the token of an open peer. `in` is the time until the grant expires; NEVER for none. */
export type TokenNotice =
  | { readonly notice: 'expiring' | 'accepted'; readonly in: Millis }
  | { readonly notice: 'refused'; readonly refusal: AccessRefusal };

/** W7: how a handshake chooses among the subprotocols that a client offers. */
export type SubprotocolChoice = (offered: readonly string[]) => string | undefined;

/**
 * W6: which frames to a client are binary: all, none, or those whose first byte is a control character, below 20 in hexadecimal.
 * JSON does not begin with one.
 */
export type BinaryFrames = boolean | 'by-first-byte';

/** The part of a wire protocol that all its connections share. It is pure, and never throws, for any text. */
export interface CommonDialect {
  readonly name: string;

  /** T2: the topic space. Dialects with the same space share their publications. */
  readonly space: string;

  /** T6: whether publications in the space are kept for replay. */
  readonly keepsHistory: boolean;

  /** L1, X7: how a connection shows that it is alive. */
  readonly liveness: Liveness;

  /** X2: the shortest interval between two messages on a stream; 0 for none. */
  readonly pace: Millis;

  /** W6: which frames to the client are binary. None by default. */
  readonly sendsBinary?: BinaryFrames;

  /** W5: whether the wire has a refusal of one request. Without it, too many topics close the connection (T5). */
  readonly refusesRequests?: boolean;

  /** W7: the subprotocol that a handshake grants. Without this method, none is granted, except beside a token (O13, A11). */
  readonly subprotocol?: SubprotocolChoice;

  /** Whether WebSockets on this path use this dialect. @param path as the client sent it. */
  servesWebSocketAt(path: string): boolean;

  /** Reads the connect request of a WebSocket. @param query as the client sent it. */
  connectRequest(query: string): ConnectRequest;

  /** The HTTP route at a path; undefined if the dialect serves none there. */
  route(path: string): HttpRoute | undefined;

  httpResponse(outcome: HttpOutcome): HttpResponse;
}

/** Encodes everything that the broker sends to a connection. Returned bytes are borrowed until the next call. */
export interface FrameEncoder {
  /** Encodes a message to a peer; undefined if the dialect can't express it. */
  encode(message: SignalMessage): Uint8Array | undefined;

  /** Encodes a topic event; undefined if the dialect can't express it. */
  encodeEvent(event: TopicEvent): Uint8Array | undefined;

  /** The first bytes of a stream, and of a client that has yet to introduce itself (W3); undefined for none. */
  streamPreamble(): Uint8Array | undefined;

  /** The frame that confirms the registration; undefined if the dialect has none. */
  openFrame(registration: Registration): Uint8Array | undefined;

  /** I12: the message with ICE servers. A dialect without such a message has no such method. */
  iceFrame?(issued: IssuedIceServers): Uint8Array;

  /** A7: the message with a notice; undefined if the wire has none. A dialect without such messages has no such method. */
  tokenFrame?(notice: TokenNotice): Uint8Array | undefined;

  /** MER9: the frame that keeps an idle connection alive; undefined to use the transport's own ping. */
  keepAliveFrame(): Uint8Array | undefined;

  refusal(refusal: OpenRefusal): CloseFrame;

  closeFrame(ending: Ending): CloseFrame;
}

/**
 * A wire protocol whose frames have the same meaning on every connection: decodes frames to requests and encodes messages and
 * events to frames. A dialect is pure: the same input gives the same output. It never throws, for any bytes. One object serves
 * all connections.
 */
export interface Dialect extends CommonDialect, FrameEncoder {
  /**
   * Decodes one frame. A payload in the result is a view on `bytes`, or is valid until the next call.
   * @param likelyTo a destination that the frame probably has. It only saves time, and does not change the result.
   */
  decode(bytes: Uint8Array, isBinary: boolean, likelyTo?: string): FrameRequest;
}

/** Limits of one conversation. */
export interface ConversationLimits {
  /** M18, W1: the largest frame, and the most bytes that a conversation may keep of an incomplete request. */
  readonly maxMessageBytes: number;
}

/**
 * W1, W2: the state of one connection of a stateful dialect. It is pure: the same frames and events in the same order give the
 * same requests and frames. It never throws, for any bytes.
 */
export interface Conversation extends FrameEncoder {
  /** A conversation has `read` instead. */
  readonly decode?: undefined;

  /**
   * Conversations with the same voice encode a publication to the same bytes, so that it is encoded once for all of them. A
   * conversation whose frames depend on its state is its own voice.
   */
  readonly voice: object;

  /** M23: patterns that `encodeEvent` matches with the topics of a publication. Undefined for none. */
  readonly patternCount?: number;

  /** W1: bytes of an incomplete request that are kept for the next frame, at most `maxMessageBytes`. */
  readonly restBytes: number;

  /** B1: bytes of the other state that depends on what the client sent, such as names; bounded. Undefined for none. */
  readonly stateBytes?: number;

  /**
   * Whether a publication has exceeded what one client may receive at once. The last frame is a part of it, and the connection
   * is then closed as `hoarding`. No publication is encoded after it. Undefined for a conversation without such a limit.
   */
  readonly hasOverflowed?: boolean;

  /**
   * Reads one frame: any number of requests, in order. A payload is a view on `bytes`, or on bytes that stay unchanged. The
   * result itself is borrowed until the next call.
   */
  read(bytes: Uint8Array, isBinary: boolean): readonly ConversationRequest[];
}

/** A wire protocol whose frames depend on earlier frames of the connection. */
export interface StatefulDialect extends CommonDialect {
  /** The conversation of a new connection. */
  converse(limits: ConversationLimits): Conversation;
}

/** A wire protocol with or without state for each connection. */
export type AnyDialect = Dialect | StatefulDialect;
