import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import { handshakeFault } from '../shared/handshake.ts';
import { Reports, type Desk } from '../shared/reports.ts';
import { NOT_ACCEPTING } from '../shared/requests.ts';
import { CLOSE_GRACE, type ConnectionLimits } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { send, type Desk as HttpDesk } from './http.ts';
import { endOfError } from './ends.ts';
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

/** Turns upgrade requests, and answers that stay open, into connections, and knows all those that are not over. */
export class Openings implements HttpDesk {
  readonly #gateway: Gateway;
  readonly #desk: Desk;
  readonly #handshaker: Handshaker;
  readonly #home: Home;
  readonly #ends = new OpenEnds();
  #isAccepting = true;

  constructor(gateway: Gateway, handshaker: Handshaker, limits: ConnectionLimits) {
    this.#gateway = gateway;
    // Pauses are the network's business here: what waits beside it came in one packet.
    this.#desk = { gateway, later: queueMicrotask, room: Number.POSITIVE_INFINITY };
    this.#handshaker = handshaker;
    this.#home = { limits, turnEnd: new TurnEnd() };
  }

  take({ raw, request, stream, head }: Knock): void {
    if (!this.#isAccepting) return answerAndEnd(raw, stream, NOT_ACCEPTING);
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) return answerAndEnd(raw, stream, answer.response);
    const fault = handshakeFault(request);
    if (fault !== undefined) {
      this.#gateway.abandoned(answer);
      return answerAndEnd(raw, stream, fault);
    }
    const shaking = { cut: () => stream.destroy() };
    const abandoned = (): void => {
      this.#gateway.abandoned(answer);
      this.#ends.delete(shaking);
    };
    this.#ends.add(shaking);
    stream.once('close', abandoned);
    this.#handshaker.handleUpgrade(raw, stream, head, (ws) => {
      stream.off('close', abandoned);
      this.#opened(ws, stream, answer);
      this.#ends.delete(shaking);
      this.#handshaker.emit('connection', ws, raw);
    });
  }

  stream(response: ServerResponse, head: StreamHead, admission: Admission): void {
    const reports = new Reports(this.#desk, admission);
    const stream = new NodeStream(response, { reports, home: this.#home });
    this.#ends.add(stream);
    response.on('error', () => response.destroy());
    response.on('close', () => {
      stream.ended();
      queueMicrotask(() => this.#ends.delete(stream));
    });
    stream.begin(head);
  }

  abandoned(admission: Admission): void {
    this.#gateway.abandoned(admission);
  }

  goesOn(): boolean {
    return this.#isAccepting;
  }

  refuseNew(): void {
    this.#isAccepting = false;
  }

  /** Cuts whatever is not over yet, and resolves when all of it was reported. */
  async stop(): Promise<void> {
    this.refuseNew();
    await this.#ends.cutAll();
  }

  #opened(ws: WebSocket, stream: Duplex, admission: Admission): void {
    const reports = new Reports(this.#desk, admission);
    const socket = new NodeSocket(ws, stream, { reports, home: this.#home });
    this.#ends.add(socket);
    ws.on('message', (bytes: Buffer, isBinary) => socket.arrived(bytes, isBinary));
    ws.on('pong', () => reports.alive());
    ws.on('ping', () => reports.alive());
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
  send(plainResponse(raw, stream), answer);
}

/** Goes back from an upgrade to an answer, the last of its connection: Node has let go of the stream. */
export function plainResponse(raw: IncomingMessage, stream: Duplex): ServerResponse {
  const response = new ServerResponse(raw);
  response.shouldKeepAlive = false;
  stream.on('error', () => stream.destroy());
  response.assignSocket(stream as NetSocket);
  response.once('finish', () => (stream as NetSocket).destroySoon());
  return response;
}
