import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { Admission, HttpExchange, Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { invariant } from '../../../domain/invariant.ts';
import { closedByClient } from '../shared/close-frames.ts';
import { ConnectionReporter } from '../shared/connection-reporter.ts';
import { hasNoBody, NOT_ACCEPTING, splitTarget } from '../shared/requests.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import { MemoryClient } from './client.ts';
import { MemorySocket } from './socket.ts';
import { Turns } from './turns.ts';

export type { MemoryClient } from './client.ts';

/** Who asks, and what for. */
interface RequestOptions {
  /** Names in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly body?: string | Uint8Array;
}

/** The side of an exchange that asks. */
interface ExchangeClient {
  readonly isGone: () => boolean;
  readonly hold?: (gone: () => void) => void;
  readonly answer: (response: HttpResponse) => void;
  /** Where the answer goes, if it is a stream. */
  readonly client: () => MemoryClient;
}

/** A request whose answer may come later. */
interface MemoryExchange {
  readonly answered: HttpResponse | undefined;
  /** The far end goes without waiting any longer. */
  abort(): void;
}

const DEFAULT_ADDRESS = '192.0.2.1';
const DEFAULTS: PerConnectionLimits = { maxFrameBytes: 1_048_576, sendBufferBytes: 4_194_304 };

/**
 * A transport without a network. All that a control sets off has happened when the control returns;
 * what a clock's turn sets off is told to the broker with the next control, or `settle`.
 */
export class MemoryTransport implements Transport {
  readonly name = 'memory';
  readonly #limits: PerConnectionLimits;
  readonly #turns = new Turns();
  readonly #open = new Set<MemorySocket>();
  #gateway: Gateway | undefined;
  #isAccepting = false;

  constructor(limits: Partial<PerConnectionLimits> = {}) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** Is accepting when it returns; nobody needs to wait for the promise. */
  listen(gateway: Gateway): Promise<ListeningAddress> {
    this.#gateway = gateway;
    this.#isAccepting = true;
    return Promise.resolve({ host: 'memory', port: 0, secure: false });
  }

  refuseNew(): void {
    this.#isAccepting = false;
  }

  reloadCertificate(): void {
    // Nothing is encrypted here.
  }

  stop(): Promise<void> {
    this.refuseNew();
    for (const socket of this.#open) socket.terminate();
    this.settle();
    return Promise.resolve();
  }

  /** Opens a connection, or is refused. */
  connect({ path, query = '', ...origin }: { readonly path: string; readonly query?: string } & RequestOptions): MemoryClient {
    const farEnd = new MemoryClient();
    const headers = { connection: 'Upgrade', upgrade: 'websocket', ...origin.headers };
    const request = requestOf('GET', { path, query }, { ...origin, headers });
    this.#turns.run(() => this.#upgrade(farEnd, request));
    return farEnd;
  }

  /** Asks for what is answered at once. */
  http(method: string, target: string, origin: RequestOptions = {}): HttpResponse {
    const { answered } = this.request(method, target, origin);
    invariant(answered !== undefined, 'the request is answered in its own turn');
    return answered;
  }

  /** Asks for what may be answered later. */
  request(method: string, target: string, origin: RequestOptions = {}): MemoryExchange {
    let answered: HttpResponse | undefined;
    let isAborted = false;
    let onGone = (): void => undefined;
    const exchange = this.#exchangeOf(method, target, origin, {
      isGone: () => isAborted,
      hold: (gone) => (onGone = gone),
      answer: (response) => {
        if (!isAborted) answered ??= wireResponse(response, method === 'HEAD');
      },
      client: () => new MemoryClient(),
    });
    this.#turns.run(() => this.#ask(exchange));
    return {
      get answered() {
        return answered;
      },
      abort: () => {
        if (isAborted) return;
        isAborted = true;
        if (answered === undefined) this.#turns.run(onGone);
      },
    };
  }

  /** Asks for a stream, or is refused. What it says is not heard. */
  stream(method: string, target: string, origin: RequestOptions = {}): MemoryClient {
    const farEnd = new MemoryClient();
    const exchange = this.#exchangeOf(method, target, origin, {
      isGone: () => false,
      answer: (response) => farEnd.refused(wireResponse(response, false)),
      client: () => farEnd,
    });
    this.#turns.run(() => this.#ask(exchange));
    return farEnd;
  }

  /** Tells the broker whatever it has not been told yet. */
  settle(): void {
    this.#turns.settle();
  }

  #ask(exchange: HttpExchange): void {
    if (this.#gateway === undefined || !this.#isAccepting) exchange.respond(NOT_ACCEPTING);
    else this.#gateway.httpRequest(exchange);
  }

  #exchangeOf(
    method: string,
    target: string,
    origin: RequestOptions,
    { isGone, hold, answer: respond, client }: ExchangeClient,
  ): HttpExchange {
    return {
      request: requestOf(method, splitTarget(target), origin),
      respond,
      holdOpen: (gone) => hold?.(gone),
      readBody: (maxBytes, then) => {
        const body = Buffer.from(origin.body ?? '');
        this.#turns.defer(() => {
          if (isGone()) return;
          then(body.length > maxBytes ? undefined : body);
          body.fill(0xff);
        });
      },
      respondWithStream: (head, admission) => {
        if (this.#gateway === undefined) return;
        if (isGone()) return this.#gateway.abandoned(admission);
        const far = client();
        far.head = head;
        this.#connected(far, admission, this.#gateway);
      },
    };
  }

  #upgrade(farEnd: MemoryClient, request: HttpRequest): void {
    if (this.#gateway === undefined || !this.#isAccepting) return farEnd.refused();
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) return farEnd.refused(wireResponse(answer.response, false));
    this.#connected(farEnd, answer, overwritingFrames(this.#gateway));
  }

  #connected(farEnd: MemoryClient, admission: Admission, gateway: Gateway): void {
    const defer = (turn: () => void): void => this.#turns.defer(turn);
    const reports = new ConnectionReporter({ gateway, defer, maxBacklogBytes: this.#limits.sendBufferBytes }, admission);
    const onClosed = (over: MemorySocket): void => void this.#open.delete(over);
    const socket = new MemorySocket(farEnd, reports, { limits: this.#limits, onClosed, defer });
    this.#open.add(socket);
    farEnd.opened({
      receiveFrame: (bytes, isBinary) => {
        if (admission.carrier === 'socket') this.#turns.run(() => socket.receiveMessage(bytes, isBinary));
      },
      readAll: () => reports.unreadBytes(0),
      receivePing: () => this.#turns.run(() => socket.receivePing()),
      disconnected: (code, unread) => this.#turns.run(() => socket.closed(closedByClient(code), unread)),
    });
    reports.opened(socket);
  }
}

/** Whoever keeps what a frame lent finds it overwritten. */
function overwritingFrames(gateway: Gateway): Gateway {
  return {
    httpRequest: (exchange) => gateway.httpRequest(exchange),
    upgrade: (request) => gateway.upgrade(request),
    abandoned: (admission) => gateway.abandoned(admission),
    refused: (request, response) => gateway.refused(request, response),
    opened: (socket, admission) => gateway.opened(socket, admission),
    controlFrame: (connection) => gateway.controlFrame(connection),
    unsent: (connection, message) => gateway.unsent(connection, message),
    closed: (connection, end) => gateway.closed(connection, end),
    frame: (connection, bytes, isBinary) => {
      const lent = new Uint8Array(bytes);
      gateway.frame(connection, lent, isBinary);
      lent.fill(0xff);
    },
  };
}

function requestOf(
  method: string,
  target: { readonly path: string; readonly query: string },
  { headers = {}, address = DEFAULT_ADDRESS }: RequestOptions,
): HttpRequest {
  const named = new Map(Object.entries(headers));
  return { method, ...target, remoteAddress: address, header: (name) => named.get(name) };
}

/** The answer as its far end gets it. */
function wireResponse({ status, headers, body }: HttpResponse, isHead: boolean): HttpResponse {
  if (hasNoBody(status)) return { status, headers, body: '' };
  const length = String(new TextEncoder().encode(body).length);
  return { status, headers: [...headers, ['content-length', length]], body: isHead ? '' : body };
}
