import type { ConnectionId } from '../../domain/ids.ts';
import type { Carrier } from '../../domain/session.ts';
import type { MemoryAccount } from '../../domain/memory-budget.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { ConnectRequest } from './requests.ts';
import type { Socket } from './socket.ts';

/** Where a transport listens. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** What is asked of a connection that may open: kept by the transport, untouched, for `opened`. */
export interface Admission {
  readonly accept: true;
  readonly dialect: string;
  readonly connectRequest: ConnectRequest;
  readonly carrier: Carrier;
  readonly address: string;
  /** The page that opens it, for the log. */
  readonly origin?: string | undefined;
  /** B1: where the transport counts what it keeps for the connection. */
  readonly memory?: MemoryAccount | undefined;
}

/** Whether a connection may be upgraded, and if not, the whole answer. */
export type UpgradeAnswer = Admission | { readonly accept: false; readonly response: HttpResponse };

/** One request that waits for its answer. */
export interface HttpExchange {
  readonly request: HttpRequest;

  /**
   * Asks for the body. To be called before the call that brings the exchange returns, at most once;
   * a body that nobody asks for is read past. Not answered where the far end goes away first.
   * @param then gets the whole body in a turn of its own, borrowed for the call; undefined where it
   * has more than `maxBytes`. Without a body it gets no bytes.
   */
  readBody(maxBytes: number, then: (body: Uint8Array | undefined) => void): void;

  /**
   * The answer may take as long as it likes: no timeout of the transport ends the exchange before it.
   * To be called before the call that brings the exchange returns, at most once.
   * @param gone called in a turn of its own, once, if the far end goes away before it was answered.
   */
  holdOpen(gone: () => void): void;

  /** `answer` or `stream` is to be called exactly once, in this turn or later. Does nothing when the far end has gone. */
  respond(response: HttpResponse): void;

  /**
   * Begins an answer whose body stays open: a connection that only ever tells. It is reported like
   * any other, `opened` within this call; where the far end has gone, it is `abandoned` instead. So
   * it must not be called within a turn of the broker. Its `close` ends the body; code and reason are not told.
   * The head leaves with the first text at the latest.
   */
  respondWithStream(head: Omit<HttpResponse, 'body'>, admission: Admission): void;
}

/** What a transport closes a connection for by itself. */
export type TransportFault =
  | 'message-too-big'
  /** B4 */
  | 'message-too-big-for-address'
  | 'text-not-utf8'
  | 'frame-invalid'
  | 'reads-too-slowly'
  | 'sends-too-fast';

/** How a connection ended. */
export interface ConnectionEnd {
  /** The side that ended it; `network` for a connection that was cut without a close frame. */
  readonly by: 'broker' | 'client' | 'network';
  /**
   * The close code that was sent or received first. 1005: a close frame without a code. 1006: no close frame.
   * Undefined for a stream.
   */
  readonly code: number | undefined;
  /** Undefined where the broker asked for the close, and where the far end or the network ended it. */
  readonly fault?: TransportFault | undefined;
}

/**
 * The driving port: what a transport reports to. Each call is a turn of its own and never throws.
 * A transport never calls it from inside a call to one of its own sockets.
 */
export interface Gateway {
  /** A request that wants no upgrade. */
  httpRequest(exchange: HttpExchange): void;

  /** A request for a WebSocket. The answer is given at once; an accepted one is counted until `closed` or `abandoned`. */
  upgrade(request: HttpRequest): UpgradeAnswer;

  /** An accepted upgrade or stream that came to nothing: it is not counted any more. */
  abandoned(admission: Admission): void;

  /** A request that the transport refused by itself, or whose handshake it refused: for the log. It answers the request. */
  refused(request: HttpRequest, response: HttpResponse): void;

  /** The socket or stream is open. The connection's name is used in all later reports of it. */
  opened(socket: Socket, admission: Admission): ConnectionId;

  /**
   * One whole message of at most the configured size. `bytes` are borrowed for the call. A text
   * frame is valid UTF-8; a binary one may be anything.
   */
  frame(connection: ConnectionId, bytes: Uint8Array, isBinary: boolean): void;

  /** M20: the far end answered a ping, or sent one of its own. */
  controlFrame(connection: ConnectionId): void;

  /**
   * M16: a socket took this message, and the connection ended before any of it could leave. Reported
   * before `closed`. The message's payload is borrowed no more: nobody may read it.
   */
  unsent(connection: ConnectionId, message: SignalMessage): void;

  /**
   * The connection is over. Reported exactly once; nothing is reported of it afterwards.
   * L2: the far end's close frame, or the end of its bytes, is enough; TCP may end later.
   * @param end the first of its ends, where both sides ended it.
   */
  closed(connection: ConnectionId, end: ConnectionEnd): void;
}

/** Why a transport can't listen. */
export type ListenRefusal =
  | { readonly reason: 'port-in-use'; readonly host: string; readonly port: number }
  | { readonly reason: 'address-unavailable'; readonly host: string; readonly port: number }
  | { readonly reason: 'port-forbidden'; readonly host: string; readonly port: number }
  | { readonly reason: 'certificate-unusable'; readonly detail: string }
  | { readonly reason: 'transport-unavailable'; readonly detail: string }
  | { readonly reason: 'engine-unreachable'; readonly detail: string };

/** A transport could not listen: the operator's to mend. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly refusal: ListenRefusal;

  constructor(refusal: ListenRefusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/** Brings connections from the world. */
export interface Transport {
  readonly name: string;

  /** Starts to accept. @throws ListenError, and then nothing is left open. */
  listen(gateway: Gateway): Promise<ListeningAddress>;

  /** Accepts no new connection from now on; the open ones stay. Harmless before `listen` and when repeated. */
  refuseNew(): void;

  /**
   * H12: reads the files of the key and the certificate again: new connections get the new certificate, open ones stay.
   * Harmless where the transport is not listening, or has no certificate of its own.
   * @throws ListenError `certificate-unusable`, and then the old certificate stays in use.
   */
  reloadCertificate(): void;

  /** Ends what is still open, reports each as `closed`, then resolves. Harmless before `listen` and when repeated. */
  stop(): Promise<void>;
}
