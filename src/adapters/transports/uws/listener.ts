import type * as uWS from 'uWebSockets.js';
import type { Log } from '../../../application/ports/log.ts';
import { ListenError } from '../../../application/ports/transport.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { CLOSE_FRAMES } from '../shared/close-frames.ts';
import { BodyPieces } from '../shared/body-pieces.ts';
import { InputBudget } from '../shared/input-budget.ts';
import { listenError } from '../shared/listen-errors.ts';
import { ConnectionReporter, type ReporterContext } from '../shared/connection-reporter.ts';
import { AMBIGUOUS_LENGTH, isWebSocketUpgrade, REPEATED_HOST } from '../shared/requests.ts';
import type { TransportSettings } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { createTurns } from '../shared/turn-tasks.ts';
import { PendingCloses } from './pending-closes.ts';
import { Apps } from './apps.ts';
import { FileHandleMonitor } from './file-handle-monitor.ts';
import { Handshakes, type SocketData } from './handshakes.ts';
import { BodilessResponses, refuse, type ExchangeHost, UwsExchange } from './http.ts';
import { UwsRequest } from './request.ts';
import { endOf } from './ends.ts';
import { findLibrary, type Library } from './library.ts';
import { listenFailureAt } from './listen-failure.ts';
import { Outbox } from './outbox.ts';
import { TlsReading } from './tls-reading.ts';
import type { SocketContext, UwsSocket } from './socket.ts';
import { UwsStream } from './stream.ts';

/** The option of `listen` for a port that several processes share. */
const SHARED_PORT = 0;

// The types have an option between port and callback only for `listen` without a host.
interface ListenerWithOption {
  listen(host: string, port: number, option: number, listening: (token: uWS.us_listen_socket | false) => void): void;
}

/** Dependencies that the request handlers of an app share. */
interface Handlers {
  readonly gateway: Gateway;
  readonly handshakes: Handshakes;
  readonly exchangeHost: ExchangeHost;
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
  readonly #reading = new TlsReading();
  readonly #turnEnd = new TurnEnd();
  readonly #turns = createTurns(new InputBudget(() => this.#socketContext.outbox.flush()));
  #apps: Apps | undefined;
  #listening: uWS.us_listen_socket | undefined;
  #fileHandles: FileHandleMonitor | undefined;
  #isAccepting = false;

  constructor(library: Library, settings: TransportSettings, log: Log | undefined) {
    this.#library = library;
    this.#settings = settings;
    this.#log = log;
    this.#socketContext = {
      outbox: new Outbox(this.#reading),
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
    const handshakes = new Handshakes({
      reporterContext,
      isAccepting: () => this.#isAccepting,
      full: this.#socketContext,
      reduced: this.#reducedSocketContext,
    });
    const handlers: Handlers = { gateway, handshakes, exchangeHost: this.#exchangeHost(reporterContext) };
    app.filter((_, count) => {
      if (count > 0) this.#fileHandles?.accepted();
    });
    // The library calls the first handler, and the second if the first yields. Two equal patterns would replace each other; these
    // two match the same paths.
    app.ws<SocketData>('/*', {
      ...this.#behavior(this.#socketContext, EXCESS_BYTES),
      upgrade: (response, request, route) => this.#serveRequest(handlers, response, request, route),
    });
    app.ws<SocketData>('/**', {
      ...this.#behavior(this.#reducedSocketContext, REDUCED_EXCESS_BYTES),
      upgrade: (_, request, reducedRoute) => {
        if (!handshakes.continue(reducedRoute)) request.setYield(true);
      },
    });
    app.any('/*', (response, request) => this.#serveRequest(handlers, response, request));
  }

  /** The handlers of WebSockets, except `upgrade`. @param excess B4: bytes that the library buffers beyond the message limit. */
  #behavior({ limits, tooBig }: SocketContext, excess: number): uWS.WebSocketBehavior<SocketData> {
    return {
      maxPayloadLength: Math.min(limits.maxFrameBytes + excess, LARGEST_PAYLOAD),
      maxBackpressure: 0,
      idleTimeout: 0,
      sendPingsAutomatically: false,
      open: (ws) => socketOf(ws).connected(ws),
      drain: (ws) => socketOf(ws).drained(),
      close: (ws, code, reason) => socketOf(ws).disconnected(endOf(code, reason, tooBig.fault)),
      ...(this.#settings.tls === undefined ? INPUT_HANDLERS : tlsInputHandlers(this.#reading)),
    };
  }

  #exchangeHost(reporterContext: ReporterContext): ExchangeHost {
    const context = { turnEnd: this.#turnEnd, reading: this.#reading, limits: this.#settings };
    return {
      keepsAlive: () => this.#isAccepting,
      bodilessResponses: new BodilessResponses(),
      abandoned: (admission) => reporterContext.gateway.abandoned(admission),
      requests: this.#turns.requests,
      bodyPieces: new BodyPieces(),
      reading: this.#reading,
      stream: (response, head, admission) => {
        const stream = new UwsStream(response, { reporter: new ConnectionReporter(reporterContext, admission), context });
        stream.start(head);
        return stream;
      },
    };
  }

  /** @param route undefined if the library did not recognize a handshake; the library checks only the length of the key. */
  #serveRequest(
    { gateway, handshakes, exchangeHost }: Handlers,
    response: uWS.HttpResponse,
    raw: uWS.HttpRequest,
    route?: uWS.us_socket_context_t,
  ): void {
    const request = new UwsRequest(raw, response);
    if (request.framing === 'ambiguous') return refuse(gateway, { request, response }, AMBIGUOUS_LENGTH);
    if (request.repeats('host')) return refuse(gateway, { request, response }, REPEATED_HOST);
    if (!isWebSocketUpgrade(request)) return this.#serveHttp(new UwsExchange(request, response, exchangeHost), gateway);
    // The library would read the body as frames.
    if (request.framing !== 'none') return refuse(gateway, { request, response }, AMBIGUOUS_LENGTH);
    handshakes.request({ request, response, route }, raw);
  }

  #serveHttp(exchange: UwsExchange, gateway: Gateway): void {
    // A request takes as long as many messages, and requests come in bursts.
    this.#socketContext.outbox.flush();
    exchange.serve(gateway);
  }
}

type SocketOfLibrary = uWS.WebSocket<SocketData> & Partial<SocketData>;

type InputHandlers = Pick<uWS.WebSocketBehavior<SocketData>, 'message' | 'ping' | 'pong'>;

const receiveMessage = (ws: SocketOfLibrary, bytes: ArrayBuffer, isBinary: boolean): void =>
  socketOf(ws).receiveMessage(new Uint8Array(bytes), isBinary);

const INPUT_HANDLERS: InputHandlers = {
  message: receiveMessage,
  ping: (ws) => socketOf(ws).receivePing(),
  pong: (ws, payload) => socketOf(ws).receivePong(payload),
};

function tlsInputHandlers(reading: TlsReading): InputHandlers {
  return {
    message: (ws, bytes, isBinary) => reading.during(() => receiveMessage(ws, bytes, isBinary)),
    ping: (ws) => reading.during(() => socketOf(ws).receivePing()),
    pong: (ws, payload) => reading.during(() => socketOf(ws).receivePong(payload)),
  };
}

/** The library copies the user data onto its socket. `getUserData` would be one more native call for each message. */
function socketOf(ws: SocketOfLibrary): UwsSocket {
  return ws.socket ?? ws.getUserData().socket;
}
