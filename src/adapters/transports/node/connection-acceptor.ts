import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import { handshakeFault } from '../shared/handshake.ts';
import { ConnectionReporter, type ReporterContext } from '../shared/connection-reporter.ts';
import { NOT_ACCEPTING, isWebSocketUpgrade } from '../shared/requests.ts';
import type { Millis } from '../../../domain/time.ts';
import { CLOSE_GRACE, type PerConnectionLimits } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { endOfError } from './ends.ts';
import { NodeExchange, sendResponse, type ResponseContext, type ExchangeHost as HttpDesk } from './http.ts';
import { HttpConnections } from './http-connection.ts';
import { OpenConnections } from './open-connections.ts';
import { NodeSocket, type SocketContext } from './socket.ts';
import { NodeStream } from './stream.ts';

/** What is used of a `WebSocketServer`: it may be an embedding program's own. */
export interface Handshaker {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (ws: WebSocket, request: IncomingMessage) => void,
  ): void;
  emit(event: 'connection', ws: WebSocket, request: IncomingMessage): unknown;
}

/** What a `WebSocketServer` is made with. */
export interface HandshakerOptions {
  readonly noServer: true;
  readonly perMessageDeflate: false;
  readonly handleProtocols: () => false;
  readonly maxPayload: number;
  readonly closeTimeout: number;
}

/** What a `WebSocketServer` has to be told so that it keeps the transport's promises. */
export function handshakerOptions({ maxFrameBytes }: PerConnectionLimits): HandshakerOptions {
  // O13: the broker knows no subprotocol, and `ws` would grant the first.
  const handleProtocols = (): false => false;
  return { noServer: true, perMessageDeflate: false, maxPayload: maxFrameBytes, closeTimeout: CLOSE_GRACE, handleProtocols };
}

/** An upgrade as Node tells it. */
export interface UpgradeRequest {
  readonly raw: IncomingMessage;
  readonly request: HttpRequest;
  readonly stream: Duplex;
  readonly head: Buffer;
}

/** What bounds connections, and requests for them. */
export interface AcceptorLimits extends PerConnectionLimits {
  /** A handshake that is not finished by then, by this side either, is cut. */
  readonly handshakeTimeout: Millis;
}

interface AcceptorParts {
  readonly handshaker: Handshaker;
  readonly limits: AcceptorLimits;
  /** False where the connections belong to an embedding program, which decides how long they stay. */
  readonly ownsConnections: boolean;
  /** `refused`: by an answer or right after the handshake. `taken`: another listener has the socket already. */
  readonly failed?: (raw: IncomingMessage, why: 'refused' | 'taken') => void;
}

/** Turns requests into exchanges, and upgrades and answers that stay open into connections; knows all those that are not over. */
export class ConnectionAcceptor implements HttpDesk {
  readonly #gateway: Gateway;
  readonly #reporterContext: ReporterContext;
  readonly #handshaker: Handshaker;
  readonly #socketContext: SocketContext;
  readonly #httpConnections: HttpConnections;
  readonly responseTimeout: Millis;
  readonly #ownsConnections: boolean;
  readonly #failed: NonNullable<AcceptorParts['failed']>;
  readonly #openConnections = new OpenConnections();
  #isAccepting = true;

  constructor(gateway: Gateway, { handshaker, limits, ownsConnections, failed = () => undefined }: AcceptorParts) {
    this.#gateway = gateway;
    // Pauses are the network's business here: what waits beside it came in one packet.
    this.#reporterContext = { gateway, defer: queueMicrotask, maxBacklogBytes: Number.POSITIVE_INFINITY };
    this.#handshaker = handshaker;
    this.#socketContext = { limits, turnEnd: new TurnEnd() };
    this.#httpConnections = new HttpConnections(limits.sendBufferBytes);
    this.responseTimeout = limits.handshakeTimeout;
    this.#ownsConnections = ownsConnections;
    this.#failed = failed;
  }

  /** A request that wants no WebSocket. */
  serveRequest(raw: IncomingMessage, response: ServerResponse, request: HttpRequest): void {
    const connection = this.#httpConnections.of(raw, response);
    if (!connection.acceptRequest(response)) return connection.terminate();
    this.#gateway.httpRequest(new NodeExchange(raw, { response, connection }, request, this));
  }

  /** An upgrade. One to anything but a WebSocket is passed over, as HTTP allows: it is a request like any other. */
  acceptUpgrade(knock: UpgradeRequest): void {
    const { raw, request, stream } = knock;
    const isWebSocket = isWebSocketUpgrade(request);
    const begin = (): void => {
      if (isWebSocket) this.#handshake(knock);
      else this.serveRequest(raw, plainResponse(raw, stream), request);
    };
    const line = this.#httpConnections.of(raw);
    if (line.isIdle) return begin();
    // Answers to earlier requests leave first. Node has let go of the stream: its errors would end the process.
    stream.on('error', () => stream.destroy());
    line.onIdle(begin);
  }

  stream(answering: ResponseContext, head: StreamHead, admission: Admission): void {
    const { response, connection } = answering;
    const reports = new ConnectionReporter(this.#reporterContext, admission);
    const stream = new NodeStream(answering, { reports, home: this.#socketContext });
    const over = (): void => {
      stream.closed();
      queueMicrotask(() => this.#openConnections.delete(stream));
    };
    this.#openConnections.add(stream);
    response.on('error', () => response.destroy());
    // A response behind another one emits no `close` where the connection ends.
    const release = connection.onClose(over);
    response.on('close', () => {
      release();
      over();
    });
    stream.start(head);
  }

  abandoned(admission: Admission): void {
    this.#gateway.abandoned(admission);
  }

  keepsAlive(): boolean {
    return this.#isAccepting || !this.#ownsConnections;
  }

  refuseNew(): void {
    this.#isAccepting = false;
  }

  /** Cuts whatever is not over yet, and resolves when all of it was reported. */
  async stop(): Promise<void> {
    this.refuseNew();
    await this.#openConnections.terminateAll();
  }

  #handshake({ raw, request, stream, head }: UpgradeRequest): void {
    if (stream.destroyed) return;
    const turnAway = (answer: HttpResponse): void => {
      this.#gateway.refused(request, answer);
      respondAndClose(raw, stream, answer);
    };
    if (!this.#isAccepting) return turnAway(NOT_ACCEPTING);
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) {
      respondAndClose(raw, stream, answer.response);
      return this.#failed(raw, 'refused');
    }
    const fault = handshakeFault(request);
    if (fault !== undefined) {
      this.#gateway.abandoned(answer);
      return turnAway(fault);
    }
    const shaking = { terminate: () => stream.destroy() };
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      this.#openConnections.delete(shaking);
    };
    const abandoned = (): void => {
      this.#gateway.abandoned(answer);
      done();
    };
    this.#openConnections.add(shaking);
    stream.once('close', abandoned);
    let isOpened = false;
    const opened = (ws: WebSocket): void => {
      isOpened = true;
      stream.off('close', abandoned);
      this.#opened(ws, stream, answer);
      done();
      // Closed already, by the broker.
      if (ws.readyState !== ws.OPEN) this.#failed(raw, 'refused');
      this.#handshaker.emit('connection', ws, raw);
    };
    try {
      this.#handshaker.handleUpgrade(raw, stream, head, opened);
    } catch (error) {
      // Thrown by a listener of an embedding program.
      if (isOpened) throw error;
      // `ws` throws for a socket that another WebSocketServer has taken: it is not ours to end.
      stream.off('close', abandoned);
      abandoned();
      return this.#failed(raw, 'taken');
    }
    // An embedding program judges clients by itself, and may never answer.
    if (!isOpened) timer = setTimeout(() => stream.destroy(), this.responseTimeout);
  }

  #opened(ws: WebSocket, stream: Duplex, admission: Admission): void {
    const reports = new ConnectionReporter(this.#reporterContext, admission);
    const socket = new NodeSocket(ws, stream, { reports, home: this.#socketContext });
    this.#openConnections.add(socket);
    ws.on('message', (bytes: Buffer, isBinary) => socket.receiveMessage(bytes, isBinary));
    ws.on('pong', ({ length }) => socket.receivePong(length));
    ws.on('ping', ({ length }) => socket.receivePing(length));
    // `ws` reads each chunk first: its listener was added before.
    stream.on('data', ({ length }: Buffer) => socket.receiveChunk(length));
    // What went wrong is told to the far end by `ws`; to us it is an end like any other.
    ws.on('error', (error) => reports.stopReporting(endOfError(error)));
    ws.on('close', (code) => {
      socket.closed(code);
      queueMicrotask(() => this.#openConnections.delete(socket));
    });
    // A far end that ends without a close frame. Compressed messages are read later: `close` comes after them.
    stream.once('end', () => {
      if (ws.extensions === '') socket.closed(1006);
    });
    reports.opened(socket);
  }
}

/** Answers an upgrade like an ordinary request, and ends its connection with that. */
export function respondAndClose(raw: IncomingMessage, stream: Duplex, answer: HttpResponse): void {
  // Cut a far end that does not read even this.
  if ('setTimeout' in stream) (stream as NetSocket).setTimeout(CLOSE_GRACE, () => stream.destroy());
  sendResponse(plainResponse(raw, stream), answer);
}

/** Goes back from an upgrade to an answer, the last of its connection: Node has let go of the stream. */
function plainResponse(raw: IncomingMessage, stream: Duplex): ServerResponse {
  const response = new ServerResponse(raw);
  response.shouldKeepAlive = false;
  stream.on('error', () => stream.destroy());
  try {
    response.assignSocket(stream as NetSocket);
  } catch {
    // An embedding program has not answered an earlier request of this connection.
    stream.destroy();
    response.destroy();
  }
  response.once('finish', () => (stream as NetSocket).destroySoon());
  return response;
}
