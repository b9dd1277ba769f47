import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import { BodyPieces } from '../shared/body-pieces.ts';
import { handshakeFault } from '../shared/handshake.ts';
import { ConnectionReporter, type ReporterContext } from '../shared/connection-reporter.ts';
import { AMBIGUOUS_LENGTH, MISSING_HOST, NOT_ACCEPTING, REPEATED_HOST } from '../shared/requests.ts';
import type { Millis } from '../../../domain/time.ts';
import { CLOSE_GRACE, type PerConnectionLimits } from '../shared/settings.ts';
import { InputBudget } from '../shared/input-budget.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { createTurns, TASK_COST, WAITING_REQUEST_BYTES } from '../shared/turn-tasks.ts';
import type { AcceptorContext, Handshakes, UpgradeRequest } from './handshakes.ts';
import { NodeExchange, sendResponse, type ResponseContext, type ExchangeHost } from './http.ts';
import { HttpConnections } from './http-connection.ts';
import { OpenConnections } from './open-connections.ts';
import { PacedEnds } from './paced-ends.ts';
import { NodeStream } from './stream.ts';

/** Limits on connections and handshakes. */
export interface AcceptorLimits extends PerConnectionLimits {
  /** A handshake that is not complete by then, on either side, is terminated. */
  readonly handshakeTimeout: Millis;
}

interface AcceptorParts {
  readonly handshakes: Handshakes;
  readonly limits: AcceptorLimits;
  /** False if the connections belong to an embedding program, which decides how long they stay open. */
  readonly ownsConnections: boolean;
  /**
   * `refused`: rejected by a response, or closed right after the handshake. `taken`: another listener has already used the
   * socket.
   */
  readonly failed?: (raw: IncomingMessage, why: 'refused' | 'taken') => void;
}

/**
 * Converts requests to exchanges, and upgrades and streaming responses to connections. Tracks all connections until they are
 * closed.
 */
export class ConnectionAcceptor implements ExchangeHost {
  readonly #gateway: Gateway;
  readonly #context: AcceptorContext;
  readonly #handshakes: Handshakes;
  readonly #httpConnections: HttpConnections;
  readonly responseTimeout: Millis;
  readonly bodyPieces = new BodyPieces();
  readonly #ownsConnections: boolean;
  readonly #failed: NonNullable<AcceptorParts['failed']>;
  readonly #openConnections = new OpenConnections();
  readonly #turnEnd = new TurnEnd();
  readonly #turns = createTurns(new InputBudget(() => this.#turnEnd.flush()));
  #isAccepting = true;

  constructor(gateway: Gateway, { handshakes, limits, ownsConnections, failed = () => undefined }: AcceptorParts) {
    this.#gateway = gateway;
    // No limit: a pause stops the TCP connection, so the backlog holds only the frames of one packet.
    const maxBacklogBytes = Number.POSITIVE_INFINITY;
    const reporterContext: ReporterContext = { gateway, defer: queueMicrotask, maxBacklogBytes, turns: this.#turns };
    const { handshakeTimeout } = limits;
    const openConnections = this.#openConnections;
    const pacedEnds = ownsConnections ? new PacedEnds(this.#turns.tasks) : undefined;
    this.#context = { reporterContext, openConnections, limits, turnEnd: this.#turnEnd, pacedEnds, handshakeTimeout, failed };
    this.#handshakes = handshakes;
    this.#httpConnections = new HttpConnections(limits.sendBufferBytes);
    this.responseTimeout = limits.handshakeTimeout;
    this.#ownsConnections = ownsConnections;
    this.#failed = failed;
  }

  /** Serves a request that is not a WebSocket upgrade. */
  serveRequest(raw: IncomingMessage, response: ServerResponse, request: HttpRequest): void {
    const connection = this.#httpConnections.of(raw, response);
    if (!connection.acceptRequest(response)) return connection.terminate();
    const exchange = new NodeExchange(raw, { response, connection }, request, this);
    if (repeatsHost(raw)) {
      this.#gateway.refused(request, REPEATED_HOST);
      response.shouldKeepAlive = false;
      return exchange.respond(REPEATED_HOST);
    }
    // The body of a request is received meanwhile, so that it must be read at once.
    if (hasBody(raw)) return this.#gateway.httpRequest(exchange);
    const serve = (): void => {
      if (!connection.isClosed) this.#gateway.httpRequest(exchange);
    };
    this.#turns.requests.run(TASK_COST.request, serve, WAITING_REQUEST_BYTES);
  }

  spend(units: number): void {
    this.#turns.requests.spend(units);
  }

  inTurn(task: () => void, bytes: number): void {
    this.#turns.requests.run(TASK_COST.request, task, bytes);
  }

  /** Accepts an upgrade to WebSocket. */
  acceptUpgrade(upgrade: UpgradeRequest): void {
    const { raw, stream } = upgrade;
    const begin = (): void => this.#handshakeInTurn(upgrade);
    const connection = this.#httpConnections.earlier(raw);
    if (connection === undefined || connection.isIdle) return begin();
    // Responses to earlier requests are sent first. Node has detached the stream: an unhandled error would end the process.
    stream.on('error', () => stream.destroy());
    connection.onIdle(begin);
  }

  stream(context: ResponseContext, head: StreamHead, admission: Admission): void {
    const { response, connection } = context;
    const reporter = new ConnectionReporter(this.#context.reporterContext, admission);
    const stream = new NodeStream(context, { reporter, context: this.#context });
    const onClosed = (): void => {
      stream.closed();
      queueMicrotask(() => this.#openConnections.delete(stream));
    };
    this.#openConnections.add(stream);
    response.on('error', () => response.destroy());
    // A response that is queued behind another one emits no `close` when the connection closes.
    const release = connection.onClose(onClosed);
    response.on('close', () => {
      release();
      onClosed();
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

  /** Terminates all open connections, and resolves when each was reported as closed. */
  async stop(): Promise<void> {
    this.refuseNew();
    this.#turns.requests.flush();
    this.#turns.budget.flush();
    await this.#openConnections.terminateAll();
    this.#turns.budget.flush();
  }

  /** M23: now or in a later turn. Other listeners of an embedding program's server could use a socket that waits. */
  #handshakeInTurn(upgrade: UpgradeRequest): void {
    const { tasks } = this.#turns;
    if (!this.#ownsConnections || tasks.admits(TASK_COST.handshake)) return this.#handshake(upgrade);
    upgrade.stream.on('error', () => upgrade.stream.destroy());
    tasks.defer(TASK_COST.handshake, () => this.#handshake(upgrade), WAITING_REQUEST_BYTES);
  }

  #handshake(upgrade: UpgradeRequest): void {
    const { raw, request, stream } = upgrade;
    if (stream.destroyed) return;
    const reject = (answer: HttpResponse): void => {
      this.#gateway.refused(request, answer);
      respondAndClose(raw, stream, answer);
    };
    if (!this.#isAccepting) return reject(NOT_ACCEPTING);
    const headFault = headFaultOf(raw);
    if (headFault !== undefined) return reject(headFault);
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) {
      respondAndClose(raw, stream, answer.response);
      return this.#failed(raw, 'refused');
    }
    const fault = handshakeFault(request);
    if (fault !== undefined) {
      this.#gateway.abandoned(answer);
      return reject(fault);
    }
    this.#handshakes.open(upgrade, answer, this.#context);
  }
}

/** Node keeps the first `Host` header, and ignores the others. */
function repeatsHost({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** H13: the rejection of an upgrade, if any. Node checks the head only of other requests, and would read the body as frames. */
function headFaultOf(raw: IncomingMessage): HttpResponse | undefined {
  const { headers } = raw;
  if (headers.host === undefined) return MISSING_HOST;
  if (repeatsHost(raw)) return REPEATED_HOST;
  return hasBody(raw) && (headers['content-length'] !== '0' || 'transfer-encoding' in headers) ? AMBIGUOUS_LENGTH : undefined;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/** Answers an upgrade with a plain response and closes the connection. */
export function respondAndClose(raw: IncomingMessage, stream: Duplex, answer: HttpResponse): void {
  // Destroys the connection if the client does not read the response.
  if ('setTimeout' in stream) (stream as NetSocket).setTimeout(CLOSE_GRACE);
  sendResponse(plainResponse(raw, stream), answer);
}

/** Creates the last response on an upgraded connection, because Node has detached the stream. */
function plainResponse(raw: IncomingMessage, stream: Duplex): ServerResponse {
  const response = new ServerResponse(raw);
  response.shouldKeepAlive = false;
  stream.on('error', () => stream.destroy());
  // H15: Node has removed its listener with the upgrade.
  stream.on('timeout', () => stream.destroy());
  try {
    response.assignSocket(stream as NetSocket);
  } catch {
    // The embedding program has not answered an earlier request on this connection.
    stream.destroy();
    response.destroy();
  }
  // An embedding program may pass a stream that is not a socket of `node:net`.
  response.once('finish', () => stream.end(() => stream.destroy()));
  return response;
}
