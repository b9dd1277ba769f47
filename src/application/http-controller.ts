import { impossible } from '../domain/invariant.ts';
import { mayOpenSocket, pageOf, allowedOrigin, type OriginPolicy } from '../domain/origins.ts';
import type { Realms } from '../domain/realms.ts';
import type { ConnectionLimits } from '../domain/connection-limits.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { Authenticator } from './ports/authenticator.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { HttpExchange } from './ports/transport.ts';
import type { Log } from './ports/log.ts';
import type { HttpAction, HttpOutcome, HttpRefusal, HttpRoute, ConnectRequest, ValidToken } from './ports/requests.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Probes } from './probes.ts';

/** Requests that are answered without a use-case. */
type OwnAsk = Extract<HttpAction, { action: 'respond' | 'describe' | 'open-stream' | 'read-body' | 'verify-token' }>;
type UseCaseAsk = Exclude<HttpAction, OwnAsk>;
type UseCaseFor<Ask> = (asked: Ask, answer: (outcome: HttpOutcome) => void, dialect: Dialect) => void;

/** The use-case of every other request. It answers once, now or later. */
export type HttpUseCases = { readonly [Ask in UseCaseAsk as Ask['action']]: UseCaseFor<Ask> };

export interface HttpControllerParts {
  readonly dialects: readonly Dialect[];
  readonly realms: Realms;
  readonly connectionLimits: ConnectionLimits;
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddresses;
  readonly admissionControl: AdmissionControl;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly useCases: HttpUseCases;
  /** H11: characters of a request target. */
  readonly maxUrlBytes: number;
  readonly probes: Probes;
}

type Header = readonly [name: string, value: string];

/** A dialect that serves a path, and how. */
interface Service {
  readonly dialect: Dialect;
  readonly route: HttpRoute;
}

/** One request on its way to its answer. What is needed of its head later is read already. */
interface Errand {
  readonly exchange: HttpExchange;
  readonly dialect: Dialect;
  readonly cors: readonly Header[];
}

const PLAIN: Header = ['content-type', 'text/plain; charset=utf-8'];
const READABLE_METHODS: readonly string[] = ['GET', 'HEAD'];
const FAULT: HttpResponse = { status: 500, headers: [PLAIN], body: 'Internal Server Error' };
const NOT_FOUND: HttpResponse = { status: 404, headers: [PLAIN], body: 'Not Found' };
const UPGRADE_REQUIRED: HttpResponse = {
  status: 426,
  headers: [PLAIN, ['upgrade', 'websocket'], ['connection', 'upgrade']],
  body: 'This path accepts WebSocket handshakes only. A proxy in front of it must pass on the headers Upgrade and Connection.',
};
const FOREIGN: HttpResponse = { status: 403, headers: [PLAIN], body: 'Origin not allowed' };

/** Answers HTTP requests: the rules that hold for every dialect, then the dialect that serves the path. */
export class HttpController {
  readonly #parts: HttpControllerParts;

  constructor(parts: HttpControllerParts) {
    this.#parts = parts;
  }

  /** Answers now, or when the body has come. Never throws: what goes wrong is logged, and answered 500. */
  serve(exchange: HttpExchange): void {
    const { request } = exchange;
    this.#guard(exchange, [], () => {
      const state = this.#parts.probes.answer(request);
      if (state !== undefined) return reply(exchange, [], state);
      const service = this.#serviceAt(request.path);
      const cors = this.#corsHeaders(request, service?.route);
      this.#guard(exchange, cors, () => {
        const early = this.#answerWithout(service, request);
        if (early !== undefined) return reply(exchange, cors, early);
        if (service === undefined) return reply(exchange, cors, this.#notServed(request));
        const { dialect, route } = service;
        this.#follow({ exchange, dialect, cors }, route.handle(request, pageOf(this.#parts.origins, request)));
      });
    });
  }

  /** What needs no dialect: H5, H7 to H9, H11. */
  #answerWithout(service: Service | undefined, request: HttpRequest): HttpResponse | undefined {
    const { connectionLimits, addresses, clock, telemetry, origins, maxUrlBytes } = this.#parts;
    if (request.path.length + request.query.length > maxUrlBytes) {
      const limit = { option: 'max_url_bytes', allows: maxUrlBytes, asked: request.path.length + request.query.length };
      return { status: 414, headers: [PLAIN, ['connection', 'close']], body: 'URI Too Long', limit };
    }
    const wait = connectionLimits.countRequest(addresses.of(request), clock.now());
    if (wait > 0) {
      telemetry.count('http-rate-limited');
      const limit = { option: 'http_rate_limit', allows: connectionLimits.limits.requestsPerWindow };
      return { status: 429, headers: [PLAIN, ['retry-after', String(Math.ceil(wait / 1000))]], body: 'Too Many Requests', limit };
    }
    const methods = service?.route.methods;
    if (request.method === 'OPTIONS') return preflight(request, methods ?? READABLE_METHODS);
    if (methods === undefined) return undefined;
    if (methods.includes(request.method)) {
      // O10: a page may send what changes something without asking first, so that hiding the answer is not enough.
      return READABLE_METHODS.includes(request.method) || mayOpenSocket(origins, request) ? undefined : FOREIGN;
    }
    return { status: 405, headers: [PLAIN, ['allow', [...methods, 'OPTIONS'].join(', ')]], body: 'Method Not Allowed' };
  }

  #serviceAt(path: string): Service | undefined {
    for (const dialect of this.#parts.dialects) {
      const route = dialect.route(path);
      if (route !== undefined) return { dialect, route };
    }
    return undefined;
  }

  /** H8, H16. */
  #notServed({ method, path }: HttpRequest): HttpResponse {
    const isSocketPath = this.#parts.dialects.some((dialect) => dialect.servesWebSocketAt(path));
    return isSocketPath && READABLE_METHODS.includes(method) ? UPGRADE_REQUIRED : NOT_FOUND;
  }

  #follow(errand: Errand, ask: HttpAction): void {
    const { exchange, dialect, cors } = errand;
    if (hasUseCase(this.#parts.useCases, ask)) return this.#callUseCase(errand, ask);
    switch (ask.action) {
      case 'respond':
        return reply(exchange, cors, ask.response);
      case 'verify-token':
        return this.#follow(errand, ask.then(this.#verified(ask)));
      case 'read-body':
        return exchange.readBody(ask.maxBytes, (body) =>
          this.#guard(exchange, cors, () => {
            if (body === undefined) reply(exchange, cors, tooBig(ask.maxBytes));
            else this.#follow(errand, ask.then(body));
          }),
        );
      case 'open-stream':
        return this.#openStream(errand, ask);
      case 'describe':
        return reply(exchange, cors, dialect.httpResponse({ kind: 'description' }));
      default:
        return impossible(ask);
    }
  }

  #callUseCase({ exchange, dialect, cors }: Errand, asked: UseCaseAsk): void {
    const useCase = this.#parts.useCases[asked.action] as UseCaseFor<UseCaseAsk>;
    const answer = (outcome: HttpOutcome): void =>
      this.#guard(exchange, cors, () => reply(exchange, cors, dialect.httpResponse(outcome)));
    useCase(asked, answer, dialect);
  }

  /** MER7, MER12. */
  #verified({ token, as }: Extract<HttpAction, { action: 'verify-token' }>): ValidToken | undefined {
    const { authenticator, clock } = this.#parts;
    const verified = authenticator.verify(token, as);
    return verified && { type: verified.type, claims: verified.claims, expiresAt: clock.now() + verified.lifetime };
  }

  /** What can be known before is told before, with a status: once it is open, a stream has no word for it. */
  #openStream(
    { exchange, dialect, cors }: Errand,
    { connectRequest, head }: Extract<HttpAction, { action: 'open-stream' }>,
  ): void {
    const reason = this.#refuses(connectRequest, dialect);
    if (reason !== undefined) return reply(exchange, cors, dialect.httpResponse({ kind: 'refusal', reason }));
    // Before it is counted: if it throws, nothing is reported as over.
    const { status, headers } = head(this.#startOf(connectRequest, dialect));
    const admission = this.#parts.admissionControl.admitStream(exchange.request, dialect, connectRequest);
    if (!admission.accept) return reply(exchange, cors, admission.response);
    exchange.respondWithStream({ status, headers: [...headers, ...cors] }, admission);
  }

  #refuses(introduction: ConnectRequest, dialect: Dialect): HttpRefusal | undefined {
    const realm = this.#realmOf(introduction);
    if (realm === undefined) return 'key-unknown';
    // Who owns an id is the directory's to say, later.
    if (introduction.as === 'peer') return undefined;
    return realm.isFull ? 'realm-full' : realm.topics(dialect).refusalFor(introduction.selectors);
  }

  /** MER5. */
  #startOf(introduction: ConnectRequest, dialect: Dialect): string | undefined {
    return introduction.as === 'peer'
      ? undefined
      : this.#realmOf(introduction)?.topics(dialect).replayFor(introduction)?.startsAfter;
  }

  #realmOf({ key }: ConnectRequest): ReturnType<Realms['find']> {
    return key === undefined ? this.#parts.realms.first : this.#parts.realms.find(key);
  }

  /** H5, H6, MER8: on every answer, errors too, so that a page can read them. */
  #corsHeaders(request: HttpRequest, route: HttpRoute | undefined): Header[] {
    const { origins } = this.#parts;
    if (origins.allow === 'silent') return [];
    const readable = allowedOrigin(origins, request.header('origin'));
    const allowed: Header[] = readable === undefined ? [] : [['access-control-allow-origin', readable]];
    // To everybody, browsers send no cookies.
    if (origins.allow === 'any') return allowed;
    // MER10: of an origin that nobody has listed, no page reads what a cookie opens.
    if (readable !== undefined && origins.allow === 'listed' && route?.takesCookies === true) {
      allowed.push(['access-control-allow-credentials', 'true']);
    }
    return [...allowed, ['vary', 'Origin']];
  }

  #guard(exchange: HttpExchange, cors: readonly Header[], step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#parts.log.record({ event: 'fault', error, connection: undefined });
      reply(exchange, cors, FAULT);
    }
  }
}

function hasUseCase(useCases: HttpUseCases, ask: HttpAction): ask is UseCaseAsk {
  return ask.action in useCases;
}

function tooBig(maxBytes: number): HttpResponse {
  const limit = { option: 'max_message_bytes', allows: maxBytes };
  return { status: 413, headers: [PLAIN], body: 'Content Too Large', limit };
}

function reply(exchange: HttpExchange, cors: readonly Header[], response: HttpResponse): void {
  exchange.respond({ ...response, headers: [...response.headers, ...cors] });
}

/** H5, MER8. */
function preflight(request: HttpRequest, methods: readonly string[]): HttpResponse {
  const asked = request.header('access-control-request-headers');
  const headers: Header[] = [['access-control-allow-methods', methods.join(',')]];
  if (asked !== undefined && asked !== '') headers.push(['access-control-allow-headers', asked]);
  return { status: 204, headers, body: '' };
}
