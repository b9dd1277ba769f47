import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import { handshakeFault } from '../shared/handshake.ts';
import { Reports, type Desk } from '../shared/reports.ts';
import { NOT_ACCEPTING, wantsWebSocket } from '../shared/requests.ts';
import type { Millis } from '../../../domain/time.ts';
import { CLOSE_GRACE, type ConnectionLimits } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { endOfError } from './ends.ts';
import { NodeExchange, send, type Answering, type Desk as HttpDesk } from './http.ts';
import { Lines } from './line.ts';
import { OpenEnds } from './open-ends.ts';
import { NodeSocket, type Home } from './socket.ts';
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
export function handshakerOptions({ maxFrameBytes }: ConnectionLimits): HandshakerOptions {
  // O13: the broker knows no subprotocol, and `ws` would grant the first.
  const handleProtocols = (): false => false;
  return { noServer: true, perMessageDeflate: false, maxPayload: maxFrameBytes, closeTimeout: CLOSE_GRACE, handleProtocols };
}

/** An upgrade as Node tells it. */
export interface Knock {
  readonly raw: IncomingMessage;
  readonly request: HttpRequest;
  readonly stream: Duplex;
  readonly head: Buffer;
}

/** What bounds connections, and requests for them. */
export interface OpeningLimits extends ConnectionLimits {
  /** A handshake that is not finished by then, by this side either, is cut. */
  readonly handshakeTimeout: Millis;
}

interface OpeningParts {
  readonly handshaker: Handshaker;
  readonly limits: OpeningLimits;
  /** False where the connections belong to an embedding program, which decides how long they stay. */
  readonly ownsConnections: boolean;
  /** `refused`: by an answer or right after the handshake. `taken`: another listener has the socket already. */
  readonly failed?: (raw: IncomingMessage, why: 'refused' | 'taken') => void;
}

/** Turns requests into exchanges, and upgrades and answers that stay open into connections; knows all those that are not over. */
export class Openings implements HttpDesk {
  readonly #gateway: Gateway;
  readonly #desk: Desk;
  readonly #handshaker: Handshaker;
  readonly #home: Home;
  readonly #lines: Lines;
  readonly answerTimeout: Millis;
  readonly #ownsConnections: boolean;
  readonly #failed: NonNullable<OpeningParts['failed']>;
  readonly #ends = new OpenEnds();
  #isAccepting = true;

  constructor(gateway: Gateway, { handshaker, limits, ownsConnections, failed = () => undefined }: OpeningParts) {
    this.#gateway = gateway;
    // Pauses are the network's business here: what waits beside it came in one packet.
    this.#desk = { gateway, later: queueMicrotask, room: Number.POSITIVE_INFINITY };
    this.#handshaker = handshaker;
    this.#home = { limits, turnEnd: new TurnEnd() };
    this.#lines = new Lines(limits.sendBufferBytes);
    this.answerTimeout = limits.handshakeTimeout;
    this.#ownsConnections = ownsConnections;
    this.#failed = failed;
  }

  /** A request that wants no WebSocket. */
  serve(raw: IncomingMessage, response: ServerResponse, request: HttpRequest): void {
    const line = this.#lines.of(raw, response);
    if (!line.asks(response)) return line.cut();
    this.#gateway.http(new NodeExchange(raw, { response, line }, request, this));
  }

  /** An upgrade. One to anything but a WebSocket is passed over, as HTTP allows: it is a request like any other. */
  take(knock: Knock): void {
    const { raw, request, stream } = knock;
    const isWebSocket = wantsWebSocket(request);
    const begin = (): void => {
      if (isWebSocket) this.#shakeHands(knock);
      else this.serve(raw, plainResponse(raw, stream), request);
    };
    const line = this.#lines.of(raw);
    if (line.isIdle) return begin();
    // Answers to earlier requests leave first. Node has let go of the stream: its errors would end the process.
    stream.on('error', () => stream.destroy());
    line.whenIdle(begin);
  }

  stream(answering: Answering, head: StreamHead, admission: Admission): void {
    const { response, line } = answering;
    const reports = new Reports(this.#desk, admission);
    const stream = new NodeStream(answering, { reports, home: this.#home });
    const over = (): void => {
      stream.ended();
      queueMicrotask(() => this.#ends.delete(stream));
    };
    this.#ends.add(stream);
    response.on('error', () => response.destroy());
    // A response behind another one emits no `close` where the connection ends.
    const release = line.whenGone(over);
    response.on('close', () => {
      release();
      over();
    });
    stream.begin(head);
  }

  abandoned(admission: Admission): void {
    this.#gateway.abandoned(admission);
  }

  goesOn(): boolean {
    return this.#isAccepting || !this.#ownsConnections;
  }

  refuseNew(): void {
    this.#isAccepting = false;
  }

  /** Cuts whatever is not over yet, and resolves when all of it was reported. */
  async stop(): Promise<void> {
    this.refuseNew();
    await this.#ends.cutAll();
  }

  #shakeHands({ raw, request, stream, head }: Knock): void {
    if (stream.destroyed) return;
    const turnAway = (answer: HttpResponse): void => {
      this.#gateway.refused(request, answer);
      answerAndEnd(raw, stream, answer);
    };
    if (!this.#isAccepting) return turnAway(NOT_ACCEPTING);
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) {
      answerAndEnd(raw, stream, answer.response);
      return this.#failed(raw, 'refused');
    }
    const fault = handshakeFault(request);
    if (fault !== undefined) {
      this.#gateway.abandoned(answer);
      return turnAway(fault);
    }
    const shaking = { cut: () => stream.destroy() };
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      this.#ends.delete(shaking);
    };
    const abandoned = (): void => {
      this.#gateway.abandoned(answer);
      done();
    };
    this.#ends.add(shaking);
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
    if (!isOpened) timer = setTimeout(() => stream.destroy(), this.answerTimeout);
  }

  #opened(ws: WebSocket, stream: Duplex, admission: Admission): void {
    const reports = new Reports(this.#desk, admission);
    const socket = new NodeSocket(ws, stream, { reports, home: this.#home });
    this.#ends.add(socket);
    ws.on('message', (bytes: Buffer, isBinary) => socket.arrived(bytes, isBinary));
    ws.on('pong', ({ length }) => socket.ponged(length));
    ws.on('ping', ({ length }) => socket.pinged(length));
    // `ws` reads each chunk first: its listener was added before.
    stream.on('data', ({ length }: Buffer) => socket.read(length));
    // What went wrong is told to the far end by `ws`; to us it is an end like any other.
    ws.on('error', (error) => reports.hearNoMore(endOfError(error)));
    ws.on('close', (code) => {
      socket.ended(code);
      queueMicrotask(() => this.#ends.delete(socket));
    });
    // A far end that ends without a close frame. Compressed messages are read later: `close` comes after them.
    stream.once('end', () => {
      if (ws.extensions === '') socket.ended(1006);
    });
    reports.opened(socket);
  }
}

/** Answers an upgrade like an ordinary request, and ends its connection with that. */
export function answerAndEnd(raw: IncomingMessage, stream: Duplex, answer: HttpResponse): void {
  // Cut a far end that does not read even this.
  if ('setTimeout' in stream) (stream as NetSocket).setTimeout(CLOSE_GRACE, () => stream.destroy());
  send(plainResponse(raw, stream), answer);
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
