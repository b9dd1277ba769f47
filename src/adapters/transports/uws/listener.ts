import { once } from 'node:events';
import { createServer } from 'node:net';
import type * as uWS from 'uWebSockets.js';
import type { HttpResponse } from '../../../application/ports/http.ts';
import { ListenError } from '../../../application/ports/transport.ts';
import type { Admission, Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { GOODBYES } from '../shared/goodbyes.ts';
import { handshakeFault } from '../shared/handshake.ts';
import { listenRefused } from '../shared/listen-refusals.ts';
import { Reports, type Desk } from '../shared/reports.ts';
import { AMBIGUOUS, NOT_ACCEPTING, wantsWebSocket } from '../shared/requests.ts';
import type { TransportSettings } from '../shared/settings.ts';
import { TurnEnd } from '../shared/turn-end.ts';
import { Closings } from './closings.ts';
import { Apps } from './apps.ts';
import { HandleWatch } from './handles.ts';
import { BodilessAnswers, refuse, type Desk as HttpDesk, UwsExchange } from './http.ts';
import { UwsRequest } from './request.ts';
import { endOf } from './ends.ts';
import { Outbox } from './outbox.ts';
import { UwsSocket, type Home } from './socket.ts';
import { UwsStream } from './stream.ts';

// Its types leave out one constant.
type Library = typeof uWS & { readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number };

// They know an option between port and callback for listening without a host only.
interface ListenerWithOption {
  listen(host: string, port: number, option: number, listening: (token: uWS.us_listen_socket | false) => void): void;
}

/** What connections and requests have in common. */
interface Desks {
  readonly desk: Desk;
  readonly httpDesk: HttpDesk;
}

/** What the library keeps for us with each of its sockets. */
interface Line {
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
  readonly #home: Home;
  /** B4: of further connections of an address. */
  readonly #reducedHome: Home;
  /** B4: admitted, and passed on to the handler of connections with the reduced limit. */
  #passedOn: Admission | undefined;
  readonly #turnEnd = new TurnEnd();
  #apps: Apps | undefined;
  #listening: uWS.us_listen_socket | undefined;
  #handles: HandleWatch | undefined;
  #isAccepting = false;

  constructor(library: Library, settings: TransportSettings) {
    this.#library = library;
    this.#settings = settings;
    this.#home = { outbox: new Outbox(), closings: new Closings(), limits: settings, tooBig: GOODBYES.tooBig };
    const limits = { ...settings, maxFrameBytes: REDUCED_FRAME_BYTES };
    this.#reducedHome = { ...this.#home, limits, tooBig: GOODBYES.tooBigForAddress };
  }

  async listen(gateway: Gateway): Promise<ListeningAddress> {
    const { host, port, tls } = this.#settings;
    const apps = new Apps(this.#library, tls, (app) => this.#answer(app, gateway));
    const token = await this.#bind(apps.listener, port);
    if (token === false) {
      apps.close();
      throw listenRefused(await obstacleAt(host, port), { host, port });
    }
    this.#apps = apps;
    this.#listening = token;
    this.#isAccepting = true;
    const bound = this.#library.us_socket_local_port(token);
    this.#handles = new HandleWatch({ close: () => this.#unbind(), open: () => this.#rebind(apps.listener, bound) });
    return { host, port: bound, secure: tls !== undefined };
  }

  refuseNew(): void {
    this.#isAccepting = false;
    this.#handles?.stop();
    this.#unbind();
  }

  #unbind(): void {
    const token = this.#listening;
    if (token === undefined) return;
    this.#listening = undefined;
    this.#library.us_listen_socket_close(token);
  }

  reloadCertificate(): void {
    if (this.#isAccepting) this.#apps?.renew();
  }

  async stop(): Promise<void> {
    this.refuseNew();
    this.#home.outbox.flush();
    this.#home.closings.endAll();
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

  #answer(app: uWS.TemplatedApp, gateway: Gateway): void {
    const desk: Desk = { gateway, later: queueMicrotask, room: this.#settings.sendBufferBytes };
    const httpDesk = this.#httpDesk(desk);
    app.filter((_, count) => {
      if (count > 0) this.#handles?.accepted();
    });
    // The library offers a handshake to the first handler, and to the second where the first yields. Equal patterns would replace
    // each other; these two match the same paths.
    app.ws<Line>('/*', {
      ...this.#behavior(this.#home),
      upgrade: (response, request, context) => this.#serve({ desk, httpDesk }, response, request, context),
    });
    app.ws<Line>('/**', {
      ...this.#behavior(this.#reducedHome),
      upgrade: (response, request, context) => {
        const admission = this.#passedOn;
        this.#passedOn = undefined;
        if (admission === undefined) request.setYield(true);
        else this.#upgrade({ desk, home: this.#reducedHome, admission }, response, request, context);
      },
    });
    app.any('/*', (response, request) => this.#serve({ desk, httpDesk }, response, request));
  }

  /** The handlers of connections, but for `upgrade`. */
  #behavior({ limits, tooBig }: Home): uWS.WebSocketBehavior<Line> {
    return {
      maxPayloadLength: maxPayloadLength(limits.maxFrameBytes),
      maxBackpressure: 0,
      idleTimeout: 0,
      sendPingsAutomatically: false,
      open: (ws) => socketOf(ws).opened(ws),
      pong: (ws, payload) => socketOf(ws).ponged(payload),
      ping: (ws) => socketOf(ws).pinged(),
      drain: (ws) => socketOf(ws).drained(),
      message: (ws, bytes, isBinary) => socketOf(ws).arrived(new Uint8Array(bytes), isBinary),
      close: (ws, code, reason) => socketOf(ws).ended(endOf(code, reason, tooBig.fault)),
    };
  }

  #httpDesk(desk: Desk): HttpDesk {
    const home = { turnEnd: this.#turnEnd, limits: this.#settings };
    return {
      goesOn: () => this.#isAccepting,
      bodiless: new BodilessAnswers(),
      abandoned: (admission) => desk.gateway.abandoned(admission),
      stream: (response, head, admission) => {
        const stream = new UwsStream(response, { reports: new Reports(desk, admission), home });
        stream.begin(head);
        return stream;
      },
    };
  }

  /** @param context there where the library sees a handshake itself: it looks at the length of the key and no further. */
  #serve({ desk, httpDesk }: Desks, response: uWS.HttpResponse, raw: uWS.HttpRequest, context?: uWS.us_socket_context_t): void {
    const { gateway } = desk;
    // Handshakes come in crowds, and each takes as long as many messages.
    this.#home.outbox.flush();
    const request = new UwsRequest(raw, response);
    const turnAway = (answer: HttpResponse): void => {
      gateway.refused(request, answer);
      refuse(response, answer);
    };
    if (request.framing === 'ambiguous') return turnAway(AMBIGUOUS);
    if (!wantsWebSocket(request)) {
      return gateway.http(new UwsExchange(request, response, httpDesk));
    }
    // The library would read the body as frames.
    if (request.framing !== 'none') return turnAway(AMBIGUOUS);
    if (!this.#isAccepting) return turnAway(NOT_ACCEPTING);
    const answer = gateway.upgrade(request);
    if (!answer.accept) return refuse(response, answer.response);
    const fault = handshakeFault(request);
    if (fault !== undefined || context === undefined) {
      gateway.abandoned(answer);
      return turnAway(fault ?? NOT_ACCEPTING);
    }
    const { maxFrameBytes } = this.#settings;
    if (maxFrameBytes <= REDUCED_FRAME_BYTES || answer.holding?.reserve(maxFrameBytes) !== false) {
      return this.#upgrade({ desk, home: this.#home, admission: answer }, response, raw, context);
    }
    this.#passedOn = answer;
    raw.setYield(true);
  }

  #upgrade(
    { desk, home, admission }: { readonly desk: Desk; readonly home: Home; readonly admission: Admission },
    response: uWS.HttpResponse,
    request: uWS.HttpRequest,
    context: uWS.us_socket_context_t,
  ): void {
    const line: Line = { socket: new UwsSocket(new Reports(desk, admission), home) };
    // O13: the broker knows no subprotocol, and the library would grant the first.
    response.upgrade(line, request.getHeader('sec-websocket-key'), '', '', context);
  }
}

/** The library hangs what it keeps on its socket itself; `getUserData` would be one more call into it for each message. */
function socketOf(ws: uWS.WebSocket<Line> & Partial<Line>): UwsSocket {
  return ws.socket ?? ws.getUserData().socket;
}

/** The library can't tell why it can't listen; Node's own server can. @returns the code of the operating system. */
async function obstacleAt(host: string, port: number): Promise<string> {
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
