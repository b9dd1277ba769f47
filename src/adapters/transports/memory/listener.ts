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

/** The sender and the body of a request. */
interface RequestOptions {
  /** Lower-case header names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly body?: string | Uint8Array;
}

/** The client's side of an exchange. */
interface ExchangeClient {
  readonly isGone: () => boolean;
  readonly spend?: (units: number) => void;
  readonly hold?: (gone: () => void) => void;
  readonly answer: (response: HttpResponse) => void;
  /** The client that reads the response, if it is a stream. */
  readonly client: () => MemoryClient;
}

/** A request whose response may be sent later. */
interface MemoryExchange {
  readonly answered: HttpResponse | undefined;
  /** M23: units that the request has cost so far. */
  readonly units: number;
  /** The client disconnects without waiting for the response. */
  abort(): void;
}

const DEFAULT_ADDRESS = '192.0.2.1';
const DEFAULTS: PerConnectionLimits = { maxFrameBytes: 1_048_576, sendBufferBytes: 4_194_304 };

/**
 * A transport without a network. All effects of a method have happened when the method returns. Effects of a clock's turn reach
 * the broker with the next method call or `settle`.
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

  /** The transport accepts connections as soon as the call returns; the promise need not be awaited. */
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

  /** Opens a connection; the broker may reject it. */
  connect({ path, query = '', ...options }: { readonly path: string; readonly query?: string } & RequestOptions): MemoryClient {
    const client = new MemoryClient();
    const headers = { connection: 'Upgrade', upgrade: 'websocket', ...options.headers };
    const request = requestOf('GET', { path, query }, { ...options, headers });
    this.#turns.run(() => this.#upgrade(client, request));
    return client;
  }

  /** Sends a request that is answered in its own turn. */
  http(method: string, target: string, options: RequestOptions = {}): HttpResponse {
    const { answered } = this.request(method, target, options);
    invariant(answered !== undefined, 'the request is answered in its own turn');
    return answered;
  }

  /** Sends a request that may be answered later. */
  request(method: string, target: string, options: RequestOptions = {}): MemoryExchange {
    let answered: HttpResponse | undefined;
    let units = 0;
    let isAborted = false;
    let onGone = (): void => undefined;
    const exchange = this.#exchangeOf(method, target, options, {
      isGone: () => isAborted,
      spend: (more) => void (units += more),
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
      get units() {
        return units;
      },
      abort: () => {
        if (isAborted) return;
        isAborted = true;
        if (answered === undefined) this.#turns.run(onGone);
      },
    };
  }

  /** Opens a stream; the broker may reject it. Messages of the client are ignored. */
  stream(method: string, target: string, options: RequestOptions = {}): MemoryClient {
    const client = new MemoryClient();
    const exchange = this.#exchangeOf(method, target, options, {
      isGone: () => false,
      answer: (response) => client.refused(wireResponse(response, false)),
      client: () => client,
    });
    this.#turns.run(() => this.#ask(exchange));
    return client;
  }

  /** Reports all pending events to the broker. */
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
    options: RequestOptions,
    { isGone, spend, hold, answer: respond, client }: ExchangeClient,
  ): HttpExchange {
    return {
      request: requestOf(method, splitTarget(target), options),
      respond,
      spend: (units) => spend?.(units),
      holdOpen: (gone) => hold?.(gone),
      readBody: (maxBytes, then, memory) => {
        const body = Buffer.from(options.body ?? '');
        memory?.set('body', body.length);
        this.#turns.defer(() => {
          memory?.set('body', 0);
          if (isGone()) return;
          then(body.length > maxBytes ? undefined : body);
          body.fill(0xff);
        });
      },
      respondWithStream: (head, admission) => {
        if (this.#gateway === undefined) return;
        if (isGone()) return this.#gateway.abandoned(admission);
        const reader = client();
        reader.head = head;
        this.#connected(reader, admission, this.#gateway);
      },
    };
  }

  #upgrade(client: MemoryClient, request: HttpRequest): void {
    if (this.#gateway === undefined || !this.#isAccepting) return client.refused();
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) return client.refused(wireResponse(answer.response, false));
    this.#connected(client, answer, overwritingFrames(this.#gateway));
  }

  #connected(client: MemoryClient, admission: Admission, gateway: Gateway): void {
    const defer = (turn: () => void): void => this.#turns.defer(turn);
    const reporter = new ConnectionReporter({ gateway, defer, maxBacklogBytes: this.#limits.sendBufferBytes }, admission);
    const onClosed = (over: MemorySocket): void => void this.#open.delete(over);
    const socket = new MemorySocket(client, reporter, {
      ...{ limits: this.#limits, onClosed, defer, isInTurn: () => this.#turns.isRunning },
      isBinary: admission.sendsBinary,
    });
    this.#open.add(socket);
    client.opened({
      receiveFrame: (bytes, isBinary) => {
        if (admission.carrier === 'socket') this.#turns.run(() => socket.receiveMessage(bytes, isBinary));
      },
      readAll: () => reporter.unreadBytes(0),
      receivePing: () => this.#turns.run(() => socket.receivePing()),
      disconnected: (code, unread) => this.#turns.run(() => socket.closed(closedByClient(code), unread)),
    });
    reporter.opened(socket);
  }
}

/** Overwrites the bytes of a frame after the call, so that a handler that keeps borrowed bytes fails in tests. */
function overwritingFrames(gateway: Gateway): Gateway {
  return {
    httpRequest: (exchange) => gateway.httpRequest(exchange),
    upgrade: (request) => gateway.upgrade(request),
    abandoned: (admission) => gateway.abandoned(admission),
    refused: (request, response) => gateway.refused(request, response),
    tokenRefused: (address, refusal) => gateway.tokenRefused(address, refusal),
    opened: (socket, admission) => gateway.opened(socket, admission),
    continueFrame: (connection) => gateway.continueFrame(connection),
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

/** The response in the form that the client receives. */
function wireResponse({ status, headers, body }: HttpResponse, isHead: boolean): HttpResponse {
  if (hasNoBody(status)) return { status, headers, body: '' };
  const length = String(new TextEncoder().encode(body).length);
  return { status, headers: [...headers, ['content-length', length]], body: isHead ? '' : body };
}
