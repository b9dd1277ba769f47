import type * as uWS from 'uWebSockets.js';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { Log } from '../../../application/ports/log.ts';
import { ListenError } from '../../../application/ports/transport.ts';
import type { Admission, Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { CLOSE_FRAMES } from '../shared/close-frames.ts';
import { grantedSubprotocol, handshakeFault } from '../shared/handshake.ts';
import { listenError } from '../shared/listen-errors.ts';
import { ConnectionReporter, type ReporterContext } from '../shared/connection-reporter.ts';
import { AMBIGUOUS_LENGTH, NOT_ACCEPTING, isWebSocketUpgrade } from '../shared/requests.ts';
import type { TransportSettings } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { createTurns } from '../shared/turn-tasks.ts';
import { PendingCloses } from './pending-closes.ts';
import { Apps } from './apps.ts';
import { FileHandleMonitor } from './file-handle-monitor.ts';
import { BodilessResponses, rejectRequest, type ExchangeHost, UwsExchange } from './http.ts';
import { UwsRequest } from './request.ts';
import { endOf } from './ends.ts';
import { findLibrary, type Library } from './library.ts';
import { listenFailureAt } from './listen-failure.ts';
import { Outbox } from './outbox.ts';
import { UwsSocket, type SocketContext } from './socket.ts';
import { UwsStream } from './stream.ts';

/** The option of `listen` for a port that several processes share. */
const SHARED_PORT = 0;

// The types have an option between port and callback only for `listen` without a host.
interface ListenerWithOption {
  listen(host: string, port: number, option: number, listening: (token: uWS.us_listen_socket | false) => void): void;
}

/** Dependencies of the request and connection handlers. */
interface HandlerContexts {
  readonly reporterContext: ReporterContext;
  readonly exchangeHost: ExchangeHost;
}

/** An upgrade that the gateway accepted. */
interface AcceptedUpgrade {
  readonly reporterContext: ReporterContext;
  readonly admission: Admission;
  /** The value of `Sec-WebSocket-Key`. */
  readonly key: string;
  /** A11: empty for none. */
  readonly subprotocol: string;
}

/** The user data of a socket of the library. */
interface SocketData {
  readonly socket: UwsSocket;
}

// M18: the library cuts a message beyond its own limit without a close frame. So its limit is larger: a message of up to 64 KiB
// beyond our limit is received completely and closed with 1009. A larger one is cut, and the client sees 1006.
const EXCESS_BYTES = 64 * 1024;
const LARGEST_PAYLOAD = 2 ** 31 - 1;

/** B4: the message limit of a connection if the address can't reserve `maxFrameBytes`; larger messages are cut earlier. */
const REDUCED_FRAME_BYTES = 64 * 1024;
const REDUCED_EXCESS_BYTES = 8 * 1024;

/** The settings of a transport, and the module or folder of the library; undefined for the installed one. */
export type UwsSettings = TransportSettings & { readonly uws?: string | undefined };

/**
 * Loads uWebSockets.js, which is optional and has no build for some platforms. The first load in a process fixes the maximum size
 * of request headers.
 * @throws ListenError `transport-unavailable`
 */
export async function loadUwsTransport(settings: UwsSettings, log?: Log): Promise<UwsTransport> {
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(settings.maxHeaderBytes);
  const found = await findLibrary(settings.uws);
  if ('fault' in found) {
    const { fault: detail, isInstalled } = found;
    throw new ListenError({ reason: 'transport-unavailable', detail, isInstalled }, `uWebSockets.js can't be loaded: ${detail}`);
  }
  const { library, version, folder } = found;
  log?.record({ event: 'uws-loaded', version, abi: process.versions.modules, folder });
  return new UwsTransport(library, settings, log);
}

/** Listens with uWebSockets.js. The library has a fixed handshake timeout of 10 s, so `handshakeTimeout` has no effect. */
class UwsTransport implements Transport {
  readonly name = 'uws';
  readonly #library: Library;
  readonly #settings: TransportSettings;
  readonly #log: Log | undefined;
  /** For connections with the full message limit. */
  readonly #socketContext: SocketContext;
  /** B4: for further connections of an address. */
  readonly #reducedSocketContext: SocketContext;
  /** B4: the upgrade that the first handler passes to the second. */
  #yielded: AcceptedUpgrade | undefined;
  readonly #turnEnd = new TurnEnd();
  readonly #turns = createTurns();
  #apps: Apps | undefined;
  #listening: uWS.us_listen_socket | undefined;
  #fileHandles: FileHandleMonitor | undefined;
  #isAccepting = false;

  constructor(library: Library, settings: TransportSettings, log: Log | undefined) {
    this.#library = library;
    this.#settings = settings;
    this.#log = log;
    this.#socketContext = {
      outbox: new Outbox(),
      pendingCloses: new PendingCloses(),
      limits: settings,
      tooBig: CLOSE_FRAMES.tooBig,
    };
    const limits = { ...settings, maxFrameBytes: REDUCED_FRAME_BYTES };
    this.#reducedSocketContext = { ...this.#socketContext, limits, tooBig: CLOSE_FRAMES.tooBigForAddress };
  }

  async listen(gateway: Gateway): Promise<ListeningAddress> {
    const { host, port, tls } = this.#settings;
    const apps = new Apps(this.#library, tls, (app) => this.#registerHandlers(app, gateway));
    const token = await this.#bind(apps.listener, port);
    if (token === false) {
      apps.close();
      throw listenError(await listenFailureAt(host, port), { host, port });
    }
    this.#apps = apps;
    this.#listening = token;
    this.#isAccepting = true;
    const bound = this.#library.us_socket_local_port(token);
    const listenSocket = { close: () => this.#unbind(), open: () => this.#rebind(apps.listener, bound) };
    this.#fileHandles = new FileHandleMonitor(listenSocket, this.#log);
    return { host, port: bound, secure: tls !== undefined };
  }

  refuseNew(): void {
    this.#isAccepting = false;
    this.#fileHandles?.stop();
    this.#unbind();
  }

  #unbind(): void {
    const token = this.#listening;
    if (token === undefined) return;
    this.#listening = undefined;
    this.#library.us_listen_socket_close(token);
  }

  reloadCertificate(): void {
    if (this.#isAccepting) this.#apps?.reloadCertificate();
  }

  async stop(): Promise<void> {
    this.refuseNew();
    this.#socketContext.outbox.flush();
    this.#socketContext.pendingCloses.closeAll();
    // Calls every `close` handler; their deferred calls run before the caller continues.
    this.#apps?.close();
    this.#turns.requests.flush();
    this.#turns.budget.flush();
    this.#apps = undefined;
  }

  async #rebind(app: uWS.TemplatedApp, port: number): Promise<boolean> {
    const token = await this.#bind(app, port);
    if (token === false) return false;
    this.#listening = token;
    if (!this.#isAccepting) this.#unbind();
    return true;
  }

  #bind(app: uWS.TemplatedApp, port: number): Promise<uWS.us_listen_socket | false> {
    const { host, isShared } = this.#settings;
    const listener = app as unknown as ListenerWithOption;
    // Without the option of the library a port that is in use is shared silently.
    const option = isShared === true ? SHARED_PORT : this.#library.LIBUS_LISTEN_EXCLUSIVE_PORT;
    return new Promise((resolve) => listener.listen(host, port, option, resolve));
  }

  #registerHandlers(app: uWS.TemplatedApp, gateway: Gateway): void {
    const { sendBufferBytes: maxBacklogBytes } = this.#settings;
    const reporterContext: ReporterContext = { gateway, defer: queueMicrotask, maxBacklogBytes, turns: this.#turns };
    const exchangeHost = this.#exchangeHost(reporterContext);
    app.filter((_, count) => {
      if (count > 0) this.#fileHandles?.accepted();
    });
    // The library calls the first handler, and the second if the first yields. Two equal patterns would replace each other; these
    // two match the same paths.
    app.ws<SocketData>('/*', {
      ...this.#behavior(this.#socketContext, EXCESS_BYTES),
      upgrade: (response, request, context) => this.#serveRequest({ reporterContext, exchangeHost }, response, request, context),
    });
    app.ws<SocketData>('/**', {
      ...this.#behavior(this.#reducedSocketContext, REDUCED_EXCESS_BYTES),
      upgrade: (response, request, context) => {
        const accepted = this.#yielded;
        this.#yielded = undefined;
        if (accepted === undefined) request.setYield(true);
        else upgrade(accepted, this.#reducedSocketContext, response, context);
      },
    });
    app.any('/*', (response, request) => this.#serveRequest({ reporterContext, exchangeHost }, response, request));
  }

  /** The handlers of WebSockets, except `upgrade`. @param excess B4: bytes that the library buffers beyond the message limit. */
  #behavior({ limits, tooBig }: SocketContext, excess: number): uWS.WebSocketBehavior<SocketData> {
    return {
      maxPayloadLength: Math.min(limits.maxFrameBytes + excess, LARGEST_PAYLOAD),
      maxBackpressure: 0,
      idleTimeout: 0,
      sendPingsAutomatically: false,
      open: (ws) => socketOf(ws).opened(ws),
      pong: (ws, payload) => socketOf(ws).receivePong(payload),
      ping: (ws) => socketOf(ws).receivePing(),
      drain: (ws) => socketOf(ws).drained(),
      message: (ws, bytes, isBinary) => socketOf(ws).receiveMessage(new Uint8Array(bytes), isBinary),
      close: (ws, code, reason) => socketOf(ws).closed(endOf(code, reason, tooBig.fault)),
    };
  }

  #exchangeHost(reporterContext: ReporterContext): ExchangeHost {
    const context = { turnEnd: this.#turnEnd, limits: this.#settings };
    return {
      keepsAlive: () => this.#isAccepting,
      bodilessResponses: new BodilessResponses(),
      abandoned: (admission) => reporterContext.gateway.abandoned(admission),
      requests: this.#turns.requests,
      stream: (response, head, admission) => {
        const stream = new UwsStream(response, { reporter: new ConnectionReporter(reporterContext, admission), context });
        stream.start(head);
        return stream;
      },
    };
  }

  /** @param context undefined if the library did not recognize a handshake; the library checks only the length of the key. */
  #serveRequest(
    { reporterContext, exchangeHost }: HandlerContexts,
    response: uWS.HttpResponse,
    raw: uWS.HttpRequest,
    context?: uWS.us_socket_context_t,
  ): void {
    const { gateway } = reporterContext;
    // A handshake takes as long as many messages, and handshakes come in bursts.
    this.#socketContext.outbox.flush();
    const request = new UwsRequest(raw, response);
    if (request.framing === 'ambiguous') return refuse(gateway, request, response, AMBIGUOUS_LENGTH);
    if (!isWebSocketUpgrade(request)) return new UwsExchange(request, response, exchangeHost).serve(gateway);
    // The library would read the body as frames.
    if (request.framing !== 'none') return refuse(gateway, request, response, AMBIGUOUS_LENGTH);
    if (!this.#isAccepting) return refuse(gateway, request, response, NOT_ACCEPTING);
    const answer = gateway.upgrade(request);
    if (!answer.accept) return rejectRequest(response, answer.response);
    const fault = handshakeFault(request);
    if (fault !== undefined || context === undefined) {
      gateway.abandoned(answer);
      return refuse(gateway, request, response, fault ?? NOT_ACCEPTING);
    }
    const key = request.header('sec-websocket-key') ?? '';
    const subprotocol = grantedSubprotocol(answer, request) ?? '';
    const accepted: AcceptedUpgrade = { reporterContext, admission: answer, key, subprotocol };
    const { maxFrameBytes } = this.#settings;
    if (maxFrameBytes <= REDUCED_FRAME_BYTES || answer.memory?.reserve(maxFrameBytes) !== false) {
      return upgrade(accepted, this.#socketContext, response, context);
    }
    this.#yielded = accepted;
    raw.setYield(true);
  }
}

function refuse(gateway: Gateway, request: UwsRequest, response: uWS.HttpResponse, answer: HttpResponse): void {
  gateway.refused(request, answer);
  rejectRequest(response, answer);
}

function upgrade(
  { reporterContext, admission, key, subprotocol }: AcceptedUpgrade,
  socketContext: SocketContext,
  response: uWS.HttpResponse,
  context: uWS.us_socket_context_t,
): void {
  const reporter = new ConnectionReporter(reporterContext, admission);
  const userData: SocketData = { socket: new UwsSocket(reporter, socketContext, admission.sendsBinary) };
  // O13, A11: without this argument, the library would accept the first subprotocol.
  response.upgrade(userData, key, subprotocol, '', context);
}

/** The library copies the user data onto its socket. `getUserData` would be one more native call for each message. */
function socketOf(ws: uWS.WebSocket<SocketData> & Partial<SocketData>): UwsSocket {
  return ws.socket ?? ws.getUserData().socket;
}
