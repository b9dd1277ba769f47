import { randomBytes } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { Log } from '../../../application/ports/log.ts';
import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, HttpExchange, Gateway, UpgradeAnswer } from '../../../application/ports/transport.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { mayOpenSocket, type OriginPolicy } from '../../../domain/origins.ts';
import type { CloseFrame } from '../shared/close-frames.ts';
import { WebSocketAdmission, type SessionEntry } from './admissions.ts';
import { faultResponse, readSessionQuery, tokenIn, tokenOfAdmission } from './handshake.ts';
import type { Protocol, SessionFault, SessionQuery } from './handshake.ts';
import { PollingTransport } from './polling.ts';
import { EngineSession } from './session.ts';
import type { SessionContext } from './session-context.ts';
import type { EngineTransport } from './socket.ts';
import { UpgradeProbe, WebSocketTransport, type WebSocketReports } from './websocket.ts';

/** Settings for requests. */
export interface GateSettings {
  /** Without a trailing slash; requests may have one. */
  readonly path: string;
  readonly protocols: readonly Protocol[];
  readonly origins: OriginPolicy;
  /** H11. */
  readonly maxUrlBytes: number;
}

const SESSION_METHODS = ['GET', 'POST'];
const SID_BYTES = 18;
const RESTARTING: CloseFrame = { code: 1012, why: 'server is restarting' };
const FAULT: HttpResponse = {
  status: 500,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Internal Server Error',
};

/**
 * Sits between a transport and the gateway, and serves Socket.IO at its path. Requests and WebSockets there become sessions, and
 * sessions become connections of the gateway. All other traffic passes through. Socket.IO's connections have negative ids here,
 * because all other ids are those of the gateway.
 */
export class SocketIoGateway implements Gateway {
  readonly #gateway: Gateway;
  readonly #settings: GateSettings;
  readonly #context: SessionContext;
  readonly #log: Log;
  readonly #sessions = new Map<string, SessionEntry>();
  readonly #webSockets = new Map<number, WebSocketReports>();
  #lastId = 0;

  constructor(settings: GateSettings, context: SessionContext, log: Log) {
    this.#gateway = context.gateway;
    this.#settings = settings;
    this.#context = {
      ...context,
      defer: (turn) => context.defer(() => this.#guard(turn)),
      clock: guarded(context.clock, (turn) => this.#guard(turn)),
    };
    this.#log = log;
  }

  httpRequest(exchange: HttpExchange): void {
    if (!this.#owns(exchange.request)) return this.#gateway.httpRequest(exchange);
    this.#guard(
      () => this.#serveRequest(this.#safe(exchange)),
      () => exchange.respond(FAULT),
    );
  }

  upgrade(request: HttpRequest): UpgradeAnswer {
    if (!this.#owns(request)) return this.#gateway.upgrade(request);
    const query = readSessionQuery(request.query, this.#settings.protocols);
    // The length of a target is checked first.
    if (this.#isTooLong(request)) return this.#gateway.upgrade(request);
    if (typeof query === 'string') return this.#rejectUpgrade(request, query);
    if (query.carrier !== 'websocket') return this.#rejectUpgrade(request, 'bad-request');
    if (query.sid !== undefined) return this.#upgradeOf(query.sid, query, request);
    const token = tokenIn(request.header('authorization'), request.query);
    const answer = this.#gateway.upgrade(request);
    return answer.accept ? new WebSocketAdmission(answer, { query, token: token ?? tokenOfAdmission(answer) }) : answer;
  }

  abandoned(admission: Admission): void {
    if (!(admission instanceof WebSocketAdmission)) return this.#gateway.abandoned(admission);
    const { entry } = admission.purpose;
    if (entry === undefined) this.#gateway.abandoned(admission.original);
    else entry.probe = undefined;
  }

  refused(request: HttpRequest, response: HttpResponse): void {
    this.#gateway.refused(request, response);
  }

  tokenRefused(address: string, refusal: AccessRefusal): boolean {
    return this.#gateway.tokenRefused(address, refusal);
  }

  opened(socket: Socket, admission: Admission): ConnectionId {
    if (!(admission instanceof WebSocketAdmission)) return this.#gateway.opened(socket, admission);
    const name = --this.#lastId;
    this.#guard(() => void this.#webSockets.set(name, this.#webSocketOf(socket, admission)));
    return name as ConnectionId;
  }

  frame(connection: ConnectionId, bytes: Uint8Array, isBinary: boolean): void {
    if (connection >= 0) return this.#gateway.frame(connection, bytes, isBinary);
    const webSocket = this.#webSockets.get(connection);
    this.#guard(
      () => webSocket?.frame(bytes, isBinary),
      () => webSocket?.fault(),
    );
  }

  continueFrame(connection: ConnectionId): void {
    if (connection >= 0) this.#gateway.continueFrame(connection);
  }

  controlFrame(connection: ConnectionId): void {
    if (connection >= 0) return this.#gateway.controlFrame(connection);
    this.#webSockets.get(connection)?.controlFrame();
  }

  unsent(connection: ConnectionId, message: SignalMessage): void {
    if (connection >= 0) this.#gateway.unsent(connection, message);
  }

  closed(connection: ConnectionId, end: ConnectionEnd): void {
    if (connection >= 0) return this.#gateway.closed(connection, end);
    const webSocket = this.#webSockets.get(connection);
    this.#webSockets.delete(connection);
    this.#guard(() => webSocket?.closed(end));
  }

  /** Ends the sessions that have not connected yet, so that a drain does not wait for them. */
  refuseNew(): void {
    for (const { session } of this.#sessions.values()) {
      if (!session.isConnected) session.end(RESTARTING);
    }
  }

  /** Ends and reports the polling sessions. Sessions over WebSockets end with their WebSockets. */
  stop(): void {
    for (const { session, polling } of [...this.#sessions.values()]) {
      session.end(RESTARTING);
      if (polling !== undefined && session.isPolling) polling.terminate();
    }
  }

  #owns({ path }: HttpRequest): boolean {
    const own = this.#settings.path;
    return path.startsWith(own) && (path.length === own.length || (path.length === own.length + 1 && path.endsWith('/')));
  }

  #isTooLong({ path, query }: HttpRequest): boolean {
    return path.length + query.length > this.#settings.maxUrlBytes;
  }

  /** SIO9: a request of a session is passed to the session. Any other request is passed to the gateway as a handshake. */
  #serveRequest(exchange: HttpExchange): void {
    const { request } = exchange;
    const query = this.#isTooLong(request) ? 'bad-request' : readSessionQuery(request.query, this.#settings.protocols);
    const entry = typeof query === 'string' || query.sid === undefined ? undefined : this.#sessions.get(query.sid);
    if (typeof query === 'string' || entry === undefined || !SESSION_METHODS.includes(request.method)) {
      return this.#gateway.httpRequest(this.#handshake(exchange, query));
    }
    const { session, polling } = entry;
    if (!mayOpenSocket(this.#settings.origins, request)) return this.#rejectRequest(exchange, faultResponse('forbidden'));
    const fits = query.carrier === 'polling' && query.protocol === session.protocol && polling !== undefined && session.isPolling;
    if (!fits) return this.#rejectRequest(exchange, faultResponse('bad-request'));
    if (request.method === 'GET') polling.handlePoll(exchange);
    else polling.handlePost(exchange);
  }

  /** The gateway admits the handshake like a stream. A session starts instead of the stream. */
  #handshake(exchange: HttpExchange, query: SessionQuery | SessionFault): HttpExchange {
    const { request } = exchange;
    const fault = handshakeFault(query, request.method);
    const token = tokenIn(request.header('authorization'), request.query);
    return {
      request,
      readBody: (maxBytes, then, memory) => exchange.readBody(maxBytes, then, memory),
      holdOpen: (gone) => exchange.holdOpen(gone),
      respond: (response) => exchange.respond(response),
      respondWithStream: ({ headers }, admission) => {
        if (typeof query === 'string' || fault !== undefined) {
          this.#gateway.abandoned(admission);
          return this.#rejectRequest(exchange, withHeaders(faultResponse(fault ?? 'bad-request'), headers));
        }
        const opening = { protocol: query.protocol, admission, token: token ?? tokenOfAdmission(admission), headers };
        this.#guard(() => this.#beginPolling(exchange, opening));
      },
    };
  }

  #beginPolling(
    exchange: HttpExchange,
    {
      headers,
      ...opening
    }: { protocol: Protocol; admission: Admission; token: string | undefined; headers: HttpResponse['headers'] },
  ): void {
    const sid = newSid();
    const session = new EngineSession({ ...opening, sid }, this.#context, () => this.#ended(sid));
    const polling = new PollingTransport(session, this.#context, headers);
    this.#sessions.set(sid, { session, polling, probe: undefined });
    polling.handleHandshake(exchange);
    session.start(polling);
    polling.flush();
  }

  #webSocketOf(socket: Socket, { original, purpose: { entry, query, token } }: WebSocketAdmission): WebSocketReports {
    if (entry?.polling !== undefined) {
      const probe = new UpgradeProbe(socket, entry.session, entry.polling, this.#context, () => (entry.probe = undefined));
      entry.probe = probe;
      if (!entry.session.isOpen) probe.end();
      return probe;
    }
    const sid = newSid();
    const opening = { sid, protocol: query.protocol, admission: original, token };
    const session = new EngineSession(opening, this.#context, () => this.#ended(sid));
    const transport: EngineTransport & WebSocketReports = new WebSocketTransport(socket, session);
    this.#sessions.set(sid, { session, polling: undefined, probe: undefined });
    session.start(transport);
    return transport;
  }

  /** SIO9: one WebSocket at a time may take over a session. It uses the admission of the session and is not counted again. */
  #upgradeOf(sid: string, query: SessionQuery, request: HttpRequest): UpgradeAnswer {
    const entry = this.#sessions.get(sid);
    if (entry === undefined) return this.#rejectUpgrade(request, 'unknown-sid');
    const { session, polling, probe } = entry;
    if (!mayOpenSocket(this.#settings.origins, request)) return this.#rejectUpgrade(request, 'forbidden');
    const fits = polling !== undefined && session.isPolling && session.isOpen && session.protocol === query.protocol;
    if (!fits || probe !== undefined) return this.#rejectUpgrade(request, 'bad-request');
    entry.probe = 'opening';
    return new WebSocketAdmission(session.admission, { query, entry });
  }

  #ended(sid: string): void {
    const probe = this.#sessions.get(sid)?.probe;
    this.#sessions.delete(sid);
    if (probe instanceof UpgradeProbe) probe.end();
  }

  /** Wraps the callbacks of an exchange, so that their errors are caught too. */
  #safe(exchange: HttpExchange): HttpExchange {
    return {
      request: exchange.request,
      readBody: (maxBytes, then, memory) => exchange.readBody(maxBytes, (body) => this.#guard(() => then(body)), memory),
      holdOpen: (gone) => exchange.holdOpen(() => this.#guard(gone)),
      respond: (response) => exchange.respond(response),
      respondWithStream: (head, admission) => exchange.respondWithStream(head, admission),
      spend: (units) => exchange.spend?.(units),
    };
  }

  #rejectUpgrade(request: HttpRequest, fault: SessionFault): UpgradeAnswer {
    const response = faultResponse(fault);
    this.#gateway.refused(request, response);
    return { accept: false, response };
  }

  #rejectRequest(exchange: HttpExchange, response: HttpResponse): void {
    this.#gateway.refused(exchange.request, response);
    exchange.respond(response);
  }

  /** The only catch of this transport: an error is logged, and other connections are not affected. */
  #guard(step: () => void, otherwise?: () => void): void {
    try {
      step();
    } catch (error) {
      this.#log.record({ event: 'fault', error, connection: undefined });
      otherwise?.();
    }
  }
}

function handshakeFault(query: SessionQuery | SessionFault, method: string): SessionFault | undefined {
  if (typeof query === 'string') return query;
  if (query.sid !== undefined) return 'unknown-sid';
  if (query.carrier !== 'polling') return 'bad-request';
  return method === 'GET' ? undefined : 'bad-method';
}

function withHeaders(response: HttpResponse, headers: HttpResponse['headers']): HttpResponse {
  return {
    ...response,
    headers: [...response.headers, ...headers.filter(([name]) => !response.headers.some(([own]) => own === name))],
  };
}

function guarded(clock: SessionContext['clock'], guard: (turn: () => void) => void): SessionContext['clock'] {
  return { now: () => clock.now(), wakeAt: (at, wake) => clock.wakeAt(at, () => guard(wake)) };
}

const newSid = (): string => randomBytes(SID_BYTES).toString('base64url');
