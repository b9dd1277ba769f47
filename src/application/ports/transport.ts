import type { ConnectionId } from '../../domain/ids.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Carrier } from '../../domain/session.ts';
import type { MemoryAccount } from '../../domain/memory-account.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { BinaryFrames } from './dialect.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { ConnectRequest } from './requests.ts';
import type { Socket } from './socket.ts';

/** The address that a transport listens on. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** An accepted connection. The transport keeps the admission unchanged and passes it to `opened` or `abandoned`. */
export interface Admission {
  readonly accept: true;
  readonly dialect: string;
  readonly connectRequest: ConnectRequest;
  readonly carrier: Carrier;
  readonly address: string;
  /** The origin of the page that opens the connection, for the log. */
  readonly origin?: string | undefined;
  /** The headers that the authorizer reads, by name in lower case; undefined for none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** W6: which frames to the client are binary. None by default. */
  readonly sendsBinary?: BinaryFrames | undefined;
  /** W7: the subprotocol that the handshake grants, undefined for none. Absent: as `subprotocolsOf` decides (O13, A11). */
  readonly subprotocol?: string | undefined;
  /** B1: the account for memory that the transport holds for the connection. */
  readonly memory?: MemoryAccount | undefined;
}

/** The decision on an upgrade, or on a stream. A refusal contains the complete response. */
export type UpgradeAnswer = Admission | { readonly accept: false; readonly response: HttpResponse };

/** One HTTP request and its pending response. */
export interface HttpExchange {
  readonly request: HttpRequest;

  /**
   * Requests the body. Called at most once, before the call that delivers the exchange returns; otherwise the body is skipped.
   * Not answered if the client disconnects first.
   * @param then receives the complete body in a turn of its own, borrowed for the call; undefined if the body has more than
   * `maxBytes`. Without a body, `then` receives no bytes. A response before that discards the body.
   * @param memory B5: counts the received bytes until the body is complete or discarded.
   */
  readBody(maxBytes: number, then: (body: Uint8Array | undefined) => void, memory?: MemoryAccount): void;

  /**
   * Disables the transport's timeout for this exchange, so that the response may take any time. Called at most once, before the
   * call that delivers the exchange returns.
   * @param onClientGone called once, in a turn of its own, if the client disconnects before the response.
   */
  holdOpen(onClientGone: () => void): void;

  /**
   * Sends the response. Exactly one call of `respond` or `respondWithStream` is required, in this turn or later. Has no effect if
   * the client has disconnected.
   */
  respond(response: HttpResponse): void;

  /**
   * M23: counts work of this turn, so that fewer of the requests that wait are handled in the same turn. Undefined if the
   * transport does not bound the work of a turn.
   * @param units each about a microsecond.
   */
  spend?(units: number): void;

  /**
   * Starts a response whose body stays open: a connection that only receives. Like any other connection, the stream is reported
   * by `opened`, within this call; if the client has disconnected, by `abandoned` instead. Must not be called within a turn of
   * the broker. Closing the connection ends the body; a stream has no close code. The head is sent with the first text at the
   * latest.
   */
  respondWithStream(head: Omit<HttpResponse, 'body'>, admission: Admission): void;
}

/** Why a transport itself closed a connection. */
export type TransportFault =
  | 'message-too-big'
  /** B4 */
  | 'message-too-big-for-address'
  | 'text-not-utf8'
  | 'frame-invalid'
  /** M23 */
  | 'too-many-fragments'
  | 'reads-too-slowly'
  | 'sends-too-fast';

/** How a connection ended. */
export interface ConnectionEnd {
  /** The side that ended the connection; `network` if the connection was cut without a close frame. */
  readonly by: 'broker' | 'client' | 'network';
  /** The first close code, sent or received. 1005: a close frame without a code. 1006: no close frame. Undefined for a stream. */
  readonly code: number | undefined;
  /** Undefined if the broker requested the close, or if the client or the network ended the connection. */
  readonly fault?: TransportFault | undefined;
}

/**
 * The driving port: transports report to it. Each call is one turn and never throws. A transport never calls the gateway from
 * inside a call to one of its own sockets.
 */
export interface Gateway {
  /** A request without an upgrade. */
  httpRequest(exchange: HttpExchange): void;

  /**
   * A WebSocket upgrade request. The decision is synchronous. An accepted connection is counted until `closed` or `abandoned`.
   */
  upgrade(request: HttpRequest): UpgradeAnswer;

  /** An accepted upgrade or stream was not opened. The connection is no longer counted. */
  abandoned(admission: Admission): void;

  /** The transport refused a request, or a handshake, and answers the request. Reported for the log. */
  refused(request: HttpRequest, response: HttpResponse): void;

  /**
   * A8: a transport that verifies tokens itself refused the token of a client.
   * @returns whether tokens of this address may still be verified.
   */
  tokenRefused(address: string, refusal: AccessRefusal): boolean;

  /** The socket or stream is open. Later reports of the connection use the returned id. */
  opened(socket: Socket, admission: Admission): ConnectionId;

  /**
   * One complete message of at most the configured size. `bytes` are borrowed for the call. A text frame is valid UTF-8; a binary
   * frame may contain anything.
   * @param size M22: the size of the message as received, if `bytes` were made from it. Default: the size of `bytes`.
   */
  frame(connection: ConnectionId, bytes: Uint8Array, isBinary: boolean, size?: number): void;

  /**
   * M23: handles the next of the requests that wait since `Socket.mayContinue` was `false`, or several of them. Further reports
   * of the connection must wait until all of them are handled, also while the connection is paused.
   */
  continueFrame(connection: ConnectionId): void;

  /** M20: the client sent a ping or a pong. */
  controlFrame(connection: ConnectionId): void;

  /**
   * M16: a socket accepted this message, and the connection ended before any of it was sent. Reported before `closed`. The
   * payload is no longer borrowed and must not be read.
   */
  unsent(connection: ConnectionId, message: SignalMessage): void;

  /**
   * The connection ended. Reported exactly once; no other report of the connection follows. L2: the client's close frame or the
   * end of its bytes suffices; TCP may end later.
   * @param end the first end, if both sides ended the connection.
   */
  closed(connection: ConnectionId, end: ConnectionEnd): void;
}

/** Why a transport can't listen. */
export type ListenRefusal =
  | { readonly reason: 'port-in-use'; readonly host: string; readonly port: number }
  | { readonly reason: 'address-unavailable'; readonly host: string; readonly port: number }
  | { readonly reason: 'port-forbidden'; readonly host: string; readonly port: number }
  | { readonly reason: 'certificate-unusable'; readonly detail: string }
  | { readonly reason: 'transport-unavailable'; readonly detail: string; readonly isInstalled: boolean }
  | { readonly reason: 'engine-unreachable'; readonly detail: string }
  | { readonly reason: 'mailboxes-unavailable'; readonly detail: string }
  /** Live nodes with another version of the stored format use the engine. */
  | { readonly reason: 'engine-version'; readonly found: number; readonly supported: number };

/** A transport could not listen. The operator has to change the configuration or the system. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly refusal: ListenRefusal;

  constructor(refusal: ListenRefusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/** Accepts connections and HTTP requests from the network. */
export interface Transport {
  readonly name: string;

  /** Starts accepting connections. @throws ListenError, after closing everything that was opened. */
  listen(gateway: Gateway): Promise<ListeningAddress>;

  /** Stops accepting connections; open ones stay. Has no effect before `listen` or when repeated. */
  refuseNew(): void;

  /**
   * H12: reloads the key and the certificate from their files, for new connections. Open connections are not affected. Has no
   * effect if the transport is not listening or has no certificate.
   * @throws ListenError `certificate-unusable`; the old certificate then stays in use.
   */
  reloadCertificate(): void;

  /** Closes open connections, reports each as `closed`, then resolves. Has no effect before `listen` or when repeated. */
  stop(): Promise<void>;
}
