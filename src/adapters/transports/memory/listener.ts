import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { Admission, Exchange, Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import { invariant } from '../../../domain/invariant.ts';
import { closedByFarEnd } from '../shared/goodbyes.ts';
import { Reports } from '../shared/reports.ts';
import { hasNoBody, NOT_ACCEPTING, splitTarget } from '../shared/requests.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import { MemoryFarEnd } from './far-end.ts';
import { MemorySocket } from './socket.ts';
import { Turns } from './turns.ts';

export type { MemoryFarEnd } from './far-end.ts';

/** Who asks, and what for. */
interface Origin {
  /** Names in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly body?: string | Uint8Array;
}

/** The side of an exchange that asks. */
interface Asker {
  readonly isGone: () => boolean;
  readonly hold?: (gone: () => void) => void;
  readonly answer: (response: HttpResponse) => void;
  /** Where the answer goes, if it is a stream. */
  readonly farEnd: () => MemoryFarEnd;
}

/** A request whose answer may come later. */
interface MemoryExchange {
  readonly answered: HttpResponse | undefined;
  /** The far end goes without waiting any longer. */
  abort(): void;
}

const AN_ADDRESS = '192.0.2.1';
const DEFAULTS: ConnectionLimits = { maxFrameBytes: 1_048_576, sendBufferBytes: 4_194_304 };

/**
 * A transport without a network. All that a control sets off has happened when the control returns;
 * what a clock's turn sets off is told to the broker with the next control, or `settle`.
 */
export class MemoryTransport implements Transport {
  readonly name = 'memory';
  readonly #limits: ConnectionLimits;
  readonly #turns = new Turns();
  readonly #open = new Set<MemorySocket>();
  #gateway: Gateway | undefined;
  #isAccepting = false;

  constructor(limits: Partial<ConnectionLimits> = {}) {
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
    for (const socket of this.#open) socket.cut();
    this.settle();
    return Promise.resolve();
  }

  /** Opens a connection, or is refused. */
  connect({ path, query = '', ...origin }: { readonly path: string; readonly query?: string } & Origin): MemoryFarEnd {
    const farEnd = new MemoryFarEnd();
    const headers = { connection: 'Upgrade', upgrade: 'websocket', ...origin.headers };
    const request = requestOf('GET', { path, query }, { ...origin, headers });
    this.#turns.run(() => this.#upgrade(farEnd, request));
    return farEnd;
  }

  /** Asks for what is answered at once. */
  http(method: string, target: string, origin: Origin = {}): HttpResponse {
    const { answered } = this.request(method, target, origin);
    invariant(answered !== undefined, 'the request is answered in its own turn');
    return answered;
  }

  /** Asks for what may be answered later. */
  request(method: string, target: string, origin: Origin = {}): MemoryExchange {
    let answered: HttpResponse | undefined;
    let isAborted = false;
    let onGone = (): void => undefined;
    const exchange = this.#exchangeOf(method, target, origin, {
      isGone: () => isAborted,
      hold: (gone) => (onGone = gone),
      answer: (response) => {
        if (!isAborted) answered ??= onTheWire(response, method === 'HEAD');
      },
      farEnd: () => new MemoryFarEnd(),
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
  stream(method: string, target: string, origin: Origin = {}): MemoryFarEnd {
    const farEnd = new MemoryFarEnd();
    const exchange = this.#exchangeOf(method, target, origin, {
      isGone: () => false,
      answer: (response) => farEnd.refused(onTheWire(response, false)),
      farEnd: () => farEnd,
    });
    this.#turns.run(() => this.#ask(exchange));
    return farEnd;
  }

  /** Tells the broker whatever it has not been told yet. */
  settle(): void {
    this.#turns.settle();
  }

  #ask(exchange: Exchange): void {
    if (this.#gateway === undefined || !this.#isAccepting) exchange.answer(NOT_ACCEPTING);
    else this.#gateway.http(exchange);
  }

  #exchangeOf(method: string, target: string, origin: Origin, { isGone, hold, answer, farEnd }: Asker): Exchange {
    return {
      request: requestOf(method, splitTarget(target), origin),
      answer,
      hold: (gone) => hold?.(gone),
      body: (maxBytes, then) => {
        const body = Buffer.from(origin.body ?? '');
        this.#turns.later(() => {
          if (isGone()) return;
          then(body.length > maxBytes ? undefined : body);
          body.fill(0xff);
        });
      },
      stream: (head, admission) => {
        if (this.#gateway === undefined) return;
        if (isGone()) return this.#gateway.abandoned(admission);
        const far = farEnd();
        far.head = head;
        this.#connected(far, admission, this.#gateway);
      },
    };
  }

  #upgrade(farEnd: MemoryFarEnd, request: HttpRequest): void {
    if (this.#gateway === undefined || !this.#isAccepting) return farEnd.refused();
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) return farEnd.refused(onTheWire(answer.response, false));
    this.#connected(farEnd, answer, lending(this.#gateway));
  }

  #connected(farEnd: MemoryFarEnd, admission: Admission, gateway: Gateway): void {
    const later = (turn: () => void): void => this.#turns.later(turn);
    const reports = new Reports({ gateway, later, room: this.#limits.sendBufferBytes }, admission);
    const forget = (over: MemorySocket): void => void this.#open.delete(over);
    const socket = new MemorySocket(farEnd, reports, { limits: this.#limits, forget, later });
    this.#open.add(socket);
    farEnd.answered({
      sent: (bytes, isBinary) => {
        if (admission.carrier === 'socket') this.#turns.run(() => socket.arrived(bytes, isBinary));
      },
      caughtUp: () => reports.unread(0),
      pinged: () => this.#turns.run(() => socket.pinged()),
      gone: (code, unread) => this.#turns.run(() => socket.lost(closedByFarEnd(code), unread)),
    });
    reports.opened(socket);
  }
}

/** Whoever keeps what a frame lent finds it overwritten. */
function lending(gateway: Gateway): Gateway {
  return {
    http: (exchange) => gateway.http(exchange),
    upgrade: (request) => gateway.upgrade(request),
    abandoned: (admission) => gateway.abandoned(admission),
    refused: (request, response) => gateway.refused(request, response),
    opened: (socket, admission) => gateway.opened(socket, admission),
    alive: (connection) => gateway.alive(connection),
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
  { headers = {}, address = AN_ADDRESS }: Origin,
): HttpRequest {
  const named = new Map(Object.entries(headers));
  return { method, ...target, remoteAddress: address, header: (name) => named.get(name) };
}

/** The answer as its far end gets it. */
function onTheWire({ status, headers, body }: HttpResponse, isHead: boolean): HttpResponse {
  if (hasNoBody(status)) return { status, headers, body: '' };
  const length = String(new TextEncoder().encode(body).length);
  return { status, headers: [...headers, ['content-length', length]], body: isHead ? '' : body };
}
