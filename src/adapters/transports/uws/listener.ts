import { once } from 'node:events';
import { createServer } from 'node:net';
import type * as uWS from 'uWebSockets.js';
import type { HttpResponse } from '../../../application/ports/http.ts';
import { ListenError } from '../../../application/ports/transport.ts';
import type { Admission, Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { CLOSE_FRAMES } from '../shared/close-frames.ts';
import { handshakeFault } from '../shared/handshake.ts';
import { listenError } from '../shared/listen-errors.ts';
import { ConnectionReporter, type ReporterContext } from '../shared/connection-reporter.ts';
import { AMBIGUOUS_LENGTH, NOT_ACCEPTING, isWebSocketUpgrade } from '../shared/requests.ts';
import type { TransportSettings } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { PendingCloses } from './pending-closes.ts';
import { Apps } from './apps.ts';
import { FileHandleMonitor } from './file-handle-monitor.ts';
import { BodilessResponses, rejectRequest, type ExchangeHost as HttpDesk, UwsExchange } from './http.ts';
import { UwsRequest } from './request.ts';
import { endOf } from './ends.ts';
import { Outbox } from './outbox.ts';
import { UwsSocket, type SocketContext } from './socket.ts';
import { UwsStream } from './stream.ts';

// Its types leave out one constant.
type Library = typeof uWS & { readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number };

// They know an option between port and callback for listening without a host only.
interface ListenerWithOption {
  listen(host: string, port: number, option: number, listening: (token: uWS.us_listen_socket | false) => void): void;
}

/** What connections and requests have in common. */
interface HandlerContexts {
  readonly desk: ReporterContext;
  readonly httpDesk: HttpDesk;
}

/** What the library keeps for us with each of its sockets. */
interface SocketData {
  readonly socket: UwsSocket;
}

// M18: the library cuts what is over its own limit without a word. What is over ours by no more than
// our limit again, or this, is taken in whole, so that its sender is told 1009; beyond that the cut is 1006.
const EXCESS_BYTES = 64 * 1024;
const LARGEST_PAYLOAD = 2 ** 31 - 1;

/** B4: the message limit of connections for which the address has no room to reserve `maxFrameBytes`. */
const REDUCED_FRAME_BYTES = 64 * 1024;

/** B4: bytes that the library buffers of an incomplete message, at most. */
function maxPayloadLength(maxFrameBytes: number): number {
  return Math.min(maxFrameBytes + Math.max(maxFrameBytes, EXCESS_BYTES), LARGEST_PAYLOAD);
}

/**
 * Loads uWebSockets.js, which has no build for every platform, and sets it to `settings`.
 * The length of request heads is fixed by the first load in a process.
 * @throws ListenError `transport-unavailable`
 */
export async function loadUwsTransport(settings: TransportSettings): Promise<UwsTransport> {
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(settings.maxHeaderBytes);
  try {
    return new UwsTransport((await import('uWebSockets.js')) as Library, settings);
  } catch (cause) {
    const [detail = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new ListenError({ reason: 'transport-unavailable', detail }, `uWebSockets.js can't be loaded: ${detail}`);
  }
}

/** Listens with uWebSockets.js. `handshakeTimeout` is the library's own: 10 s. */
class UwsTransport implements Transport {
  readonly name = 'uws';
  readonly #library: Library;
  readonly #settings: TransportSettings;
  /** Of connections that may send messages of `maxFrameBytes`. */
  readonly #socketContext: SocketContext;
  /** B4: of further connections of an address. */
  readonly #reducedSocketContext: SocketContext;
  /** B4: admitted, and passed on to the handler of connections with the reduced limit. */
  #yieldedAdmission: Admission | undefined;
  readonly #turnEnd = new TurnEnd();
  #apps: Apps | undefined;
  #listening: uWS.us_listen_socket | undefined;
  #fileHandles: FileHandleMonitor | undefined;
  #isAccepting = false;

  constructor(library: Library, settings: TransportSettings) {
    this.#library = library;
    this.#settings = settings;
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
    this.#fileHandles = new FileHandleMonitor({ close: () => this.#unbind(), open: () => this.#rebind(apps.listener, bound) });
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
    // Calls every `close` handler; what they leave for later comes before whoever awaits this.
    this.#apps?.close();
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
    const { host } = this.#settings;
    const listener = app as unknown as ListenerWithOption;
    // Without the option a busy port is shared in silence.
    return new Promise((resolve) => listener.listen(host, port, this.#library.LIBUS_LISTEN_EXCLUSIVE_PORT, resolve));
  }

  #registerHandlers(app: uWS.TemplatedApp, gateway: Gateway): void {
    const desk: ReporterContext = { gateway, defer: queueMicrotask, maxBacklogBytes: this.#settings.sendBufferBytes };
    const httpDesk = this.#exchangeHost(desk);
    app.filter((_, count) => {
      if (count > 0) this.#fileHandles?.accepted();
    });
    // The library offers a handshake to the first handler, and to the second where the first yields. Equal patterns would replace
    // each other; these two match the same paths.
    app.ws<SocketData>('/*', {
      ...this.#behavior(this.#socketContext),
      upgrade: (response, request, context) => this.#serve({ desk, httpDesk }, response, request, context),
    });
    app.ws<SocketData>('/**', {
      ...this.#behavior(this.#reducedSocketContext),
      upgrade: (response, request, context) => {
        const admission = this.#yieldedAdmission;
        this.#yieldedAdmission = undefined;
        if (admission === undefined) request.setYield(true);
        else this.#upgrade({ desk, home: this.#reducedSocketContext, admission }, response, request, context);
      },
    });
    app.any('/*', (response, request) => this.#serve({ desk, httpDesk }, response, request));
  }

  /** The handlers of connections, but for `upgrade`. */
  #behavior({ limits, tooBig }: SocketContext): uWS.WebSocketBehavior<SocketData> {
    return {
      maxPayloadLength: maxPayloadLength(limits.maxFrameBytes),
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

  #exchangeHost(desk: ReporterContext): HttpDesk {
    const home = { turnEnd: this.#turnEnd, limits: this.#settings };
    return {
      keepsAlive: () => this.#isAccepting,
      bodilessResponses: new BodilessResponses(),
      abandoned: (admission) => desk.gateway.abandoned(admission),
      stream: (response, head, admission) => {
        const stream = new UwsStream(response, { reports: new ConnectionReporter(desk, admission), home });
        stream.start(head);
        return stream;
      },
    };
  }

  /** @param context there where the library sees a handshake itself: it looks at the length of the key and no further. */
  #serve(
    { desk, httpDesk }: HandlerContexts,
    response: uWS.HttpResponse,
    raw: uWS.HttpRequest,
    context?: uWS.us_socket_context_t,
  ): void {
    const { gateway } = desk;
    // Handshakes come in crowds, and each takes as long as many messages.
    this.#socketContext.outbox.flush();
    const request = new UwsRequest(raw, response);
    const turnAway = (answer: HttpResponse): void => {
      gateway.refused(request, answer);
      rejectRequest(response, answer);
    };
    if (request.framing === 'ambiguous') return turnAway(AMBIGUOUS_LENGTH);
    if (!isWebSocketUpgrade(request)) {
      return gateway.httpRequest(new UwsExchange(request, response, httpDesk));
    }
    // The library would read the body as frames.
    if (request.framing !== 'none') return turnAway(AMBIGUOUS_LENGTH);
    if (!this.#isAccepting) return turnAway(NOT_ACCEPTING);
    const answer = gateway.upgrade(request);
    if (!answer.accept) return rejectRequest(response, answer.response);
    const fault = handshakeFault(request);
    if (fault !== undefined || context === undefined) {
      gateway.abandoned(answer);
      return turnAway(fault ?? NOT_ACCEPTING);
    }
    const { maxFrameBytes } = this.#settings;
    if (maxFrameBytes <= REDUCED_FRAME_BYTES || answer.memory?.reserve(maxFrameBytes) !== false) {
      return this.#upgrade({ desk, home: this.#socketContext, admission: answer }, response, raw, context);
    }
    this.#yieldedAdmission = answer;
    raw.setYield(true);
  }

  #upgrade(
    { desk, home, admission }: { readonly desk: ReporterContext; readonly home: SocketContext; readonly admission: Admission },
    response: uWS.HttpResponse,
    request: uWS.HttpRequest,
    context: uWS.us_socket_context_t,
  ): void {
    const line: SocketData = { socket: new UwsSocket(new ConnectionReporter(desk, admission), home) };
    // O13: the broker knows no subprotocol, and the library would grant the first.
    response.upgrade(line, request.getHeader('sec-websocket-key'), '', '', context);
  }
}

/** The library hangs what it keeps on its socket itself; `getUserData` would be one more call into it for each message. */
function socketOf(ws: uWS.WebSocket<SocketData> & Partial<SocketData>): UwsSocket {
  return ws.socket ?? ws.getUserData().socket;
}

/** The library can't tell why it can't listen; Node's own server can. @returns the code of the operating system. */
async function listenFailureAt(host: string, port: number): Promise<string> {
  const probe = createServer();
  try {
    probe.listen({ host, port, exclusive: true });
    await once(probe, 'listening');
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause);
  }
  probe.close();
  return 'EADDRINUSE'; // It was, a moment ago.
}
