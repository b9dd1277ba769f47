import type { AuthFailures } from '../domain/auth-failures.ts';
import type { BanTable } from '../domain/bans.ts';
import { impossible } from '../domain/invariant.ts';
import { mayOpenSocket, pageOf, type OriginPolicy } from '../domain/origins.ts';
import type { Realms } from '../domain/realms.ts';
import type { MemoryBudget } from '../domain/memory-budget.ts';
import { networkOf } from '../domain/networks.ts';
import type { ConnectionLimits } from '../domain/connection-limits.ts';
import type { RequestWindow } from '../domain/request-window.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { BackendAccess } from './backend-access.ts';
import { corsHeaders } from './cors-headers.ts';
import { authFailureLimit } from './hit-limits.ts';
import { verifyToken, type HttpClient } from './http-access.ts';
import {
  FAULT,
  NOT_FOUND,
  ORIGIN_NOT_ALLOWED,
  PLAIN,
  preflight,
  REMOVED,
  tooBig,
  TOO_MUCH_MEMORY,
  tooManyRequests,
  UPGRADE_REQUIRED,
  type Header,
} from './http-responses.ts';
import type { OpenStream } from './open-stream.ts';
import { MeteredExchange } from './metered-exchange.ts';
import type { MetricsEndpoint } from './metrics-endpoint.ts';
import type { Authenticator } from './ports/authenticator.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Clock } from './ports/clock.ts';
import type { CommonDialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { HttpExchange } from './ports/transport.ts';
import type { Log } from './ports/log.ts';
import type { HttpAction, HttpOutcome, HttpRoute } from './ports/requests.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Probes } from './probes.ts';
import { descriptionOf, headersOf } from './request-headers.ts';
import { cookieToken } from './token-cookie.ts';

/** Actions that the controller performs itself. */
type BuiltInAction = Extract<
  HttpAction,
  { action: 'respond' | 'describe' | 'describe-request' | 'open-stream' | 'read-body' | 'verify-token' | 'ask-backend' }
>;
type UseCaseAction = Exclude<HttpAction, BuiltInAction>;
type UseCaseFor<Action> = (action: Action, answer: (outcome: HttpOutcome) => void, client: HttpClient) => void;

/** The use-cases of the other actions. Each calls `answer` once, now or later. */
export type HttpUseCases = { readonly [Action in UseCaseAction as Action['action']]: UseCaseFor<Action> };

export interface HttpControllerParts {
  readonly dialects: readonly CommonDialect[];
  readonly realms: Realms;
  readonly connectionLimits: ConnectionLimits;
  readonly memory: MemoryBudget;
  /** I6: requests for credentials. */
  readonly credentialRequests: RequestWindow;
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddresses;
  readonly admissionControl: AdmissionControl;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly authFailures: AuthFailures;
  readonly bans: BanTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly useCases: HttpUseCases;
  /** H11: maximum length of a request target, in characters. */
  readonly maxUrlBytes: number;
  readonly openStream: OpenStream;
  readonly backend: BackendAccess;
  readonly probes: Probes;
  readonly metricsEndpoint: MetricsEndpoint;
}

/** A dialect, and its route at a path. */
interface ServedRoute {
  readonly dialect: CommonDialect;
  readonly route: HttpRoute;
}

/** A request without response yet. Everything that is needed of its head was read before. */
interface PendingRequest {
  readonly exchange: MeteredExchange;
  readonly client: HttpClient;
  readonly cors: readonly Header[];
}

const READABLE_METHODS: readonly string[] = ['GET', 'HEAD'];
/** A8. */
const ASKS_AUTHORIZER: ReadonlySet<HttpAction['action']> = new Set([
  ...(['check-credentials', 'list-peers', 'issue-ice-servers', 'publish-all'] as const),
]);

/** Answers HTTP requests. The rules for all dialects apply first, then the dialect that serves the path. */
export class HttpController {
  readonly #parts: HttpControllerParts;

  constructor(parts: HttpControllerParts) {
    this.#parts = parts;
  }

  /** Responds now, or when the body has arrived. Never throws: a fault is logged and answered with 500. */
  serve(incoming: HttpExchange): void {
    const exchange = new MeteredExchange(incoming, this.#parts.telemetry);
    const { request } = exchange;
    this.#guard(exchange, [], () => {
      const probe = this.#parts.probes.answer(request);
      if (probe !== undefined) {
        exchange.route = 'probe';
        return reply(exchange, [], probe);
      }
      const served = this.#routeAt(request.path);
      const cors = corsHeaders(this.#parts.origins, request, served?.route);
      this.#guard(exchange, cors, () => {
        const address = this.#parts.addresses.of(request);
        const response = this.#commonResponse(served, request, address);
        if (response !== undefined) return reply(exchange, cors, response);
        if (served === undefined) return this.#replyWithoutRoute(exchange, cors);
        if (this.#parts.bans.hasAddress(address, this.#parts.clock.now())) return reply(exchange, cors, REMOVED);
        const { dialect, route } = served;
        const client = this.#clientOf(exchange, dialect, address);
        this.#performAction({ exchange, client, cors }, route.handle(request, pageOf(this.#parts.origins, request)));
      });
    });
  }

  /** The responses that need no dialect: H5, H7 to H9, H11. */
  #commonResponse(served: ServedRoute | undefined, request: HttpRequest, address: string): HttpResponse | undefined {
    const { connectionLimits, clock, telemetry, origins, maxUrlBytes } = this.#parts;
    if (request.path.length + request.query.length > maxUrlBytes) {
      const limit = { option: 'max_url_bytes', allows: maxUrlBytes, asked: request.path.length + request.query.length };
      return { status: 414, headers: [PLAIN, ['connection', 'close']], body: 'URI Too Long', limit };
    }
    const wait = connectionLimits.countRequest(address, clock.now());
    if (wait > 0) {
      telemetry.counter('http_rate_limited_total').add();
      const limit = { option: 'http_rate_limit', allows: connectionLimits.limits.requestsPerWindow };
      return tooManyRequests(wait, limit);
    }
    const methods = served?.route.methods;
    if (request.method === 'OPTIONS') return preflight(request, methods ?? READABLE_METHODS);
    if (methods === undefined) return undefined;
    if (methods.includes(request.method)) {
      // O10: a page can send a request that changes state without a preflight. Hiding the response is therefore not enough.
      const isForAllOrigins = READABLE_METHODS.includes(request.method) && served?.route.issuesCredentials !== true;
      if (!isForAllOrigins && !mayOpenSocket(origins, request)) return ORIGIN_NOT_ALLOWED;
      if (served?.route.answersLikeHandshake === true) return this.#parts.admissionControl.refusalOf(request);
      return served?.route.issuesCredentials === true ? this.#limitCredentials(address) : undefined;
    }
    return { status: 405, headers: [PLAIN, ['allow', [...methods, 'OPTIONS'].join(', ')]], body: 'Method Not Allowed' };
  }

  /** I6. */
  #limitCredentials(address: string): HttpResponse | undefined {
    const { credentialRequests, clock, telemetry } = this.#parts;
    const wait = credentialRequests.count(address, clock.now());
    if (wait === 0) return undefined;
    telemetry.counter('ice_refused_total', 'rate-limited').add();
    return tooManyRequests(wait, { option: 'ice_rate_limit', allows: credentialRequests.limits.requestsPerWindow });
  }

  #routeAt(path: string): ServedRoute | undefined {
    for (const dialect of this.#parts.dialects) {
      const route = dialect.route(path);
      if (route !== undefined) return { dialect, route };
    }
    return undefined;
  }

  /** H8, H16, H19. */
  #replyWithoutRoute(exchange: MeteredExchange, cors: readonly Header[]): void {
    const { metricsEndpoint, dialects } = this.#parts;
    const { request } = exchange;
    if (metricsEndpoint.serves(request)) {
      exchange.route = 'metrics';
      return metricsEndpoint.answer(request, (response) => reply(exchange, cors, response));
    }
    const isSocketPath = dialects.some((dialect) => dialect.servesWebSocketAt(request.path));
    reply(exchange, cors, isSocketPath && READABLE_METHODS.includes(request.method) ? UPGRADE_REQUIRED : NOT_FOUND);
  }

  #performAction(pending: PendingRequest, action: HttpAction): void {
    const { exchange, client, cors } = pending;
    exchange.route = action.action;
    if (hasUseCase(this.#parts.useCases, action)) return this.#callUseCase(pending, action);
    switch (action.action) {
      case 'respond':
        return reply(exchange, cors, action.response);
      case 'verify-token':
        if (this.#isOverFailures(pending)) return;
        return this.#performAction(pending, action.then(verifyToken(this.#parts, client, action)));
      case 'read-body':
        return this.#readBody(pending, action);
      case 'ask-backend':
        if (!this.#parts.backend.exists) return this.#performAction(pending, action.otherwise);
        return this.#isOverFailures(pending) ? undefined : this.#performAction(pending, action.granted);
      case 'open-stream':
        return this.#openStream(pending, action);
      case 'describe':
        return reply(exchange, cors, client.dialect.httpResponse({ kind: 'description' }));
      case 'describe-request':
        return reply(exchange, cors, client.dialect.httpResponse(descriptionOf(exchange.request, client.address)));
      default:
        return impossible(action);
    }
  }

  /** B5: a body that is not complete counts as memory of its client. */
  #readBody(pending: PendingRequest, { maxBytes, then }: Extract<HttpAction, { action: 'read-body' }>): void {
    const { exchange, client, cors } = pending;
    const { memory, clock, telemetry } = this.#parts;
    const account = memory.open(networkOf(client.address));
    const rejectForMemory = (): void => {
      telemetry.counter('memory_exceeded_total').add();
      reply(exchange, cors, TOO_MUCH_MEMORY);
    };
    account.onExcess = () => void clock.wakeAt(clock.now(), rejectForMemory);
    const receive = (body: Uint8Array | undefined): void => {
      if (account.isEnding) return;
      if (body === undefined) reply(exchange, cors, tooBig(maxBytes));
      else this.#performAction(pending, then(body));
    };
    exchange.readBody(maxBytes, (body) => this.#guard(exchange, cors, () => receive(body)), account);
  }

  #callUseCase(pending: PendingRequest, action: UseCaseAction): void {
    const { exchange, client, cors } = pending;
    const useCase = this.#parts.useCases[action.action] as UseCaseFor<UseCaseAction>;
    const answer = (outcome: HttpOutcome): void =>
      this.#guard(exchange, cors, () => reply(exchange, cors, client.dialect.httpResponse(outcome)));
    if (ASKS_AUTHORIZER.has(action.action) && this.#isOverFailures(pending)) return;
    useCase(action, answer, client);
  }

  /** A8: answers a client whose address has failed too often. */
  #isOverFailures({ exchange, client, cors }: PendingRequest): boolean {
    const { authFailures, clock } = this.#parts;
    const wait = authFailures.waitFor(client.address, clock.now());
    if (wait > 0) reply(exchange, cors, tooManyRequests(wait, authFailureLimit(authFailures)));
    return wait > 0;
  }

  /** Read while the request is readable. */
  #clientOf(exchange: HttpExchange, dialect: CommonDialect, address: string): HttpClient {
    const { request } = exchange;
    const headers = headersOf(request, this.#parts.authorizer.headers);
    const { origins } = this.#parts;
    const spend = (units: number): void => exchange.spend?.(units);
    return { dialect, address, origin: request.header('origin'), headers, cookieToken: cookieToken(origins, request), spend };
  }

  #openStream({ exchange, client, cors }: PendingRequest, action: Extract<HttpAction, { action: 'open-stream' }>): void {
    const sendInstead = (response: HttpResponse): void => reply(exchange, cors, response);
    const guard = (step: () => void): void => this.#guard(exchange, cors, step);
    this.#parts.openStream({ exchange, client, cors, reply: sendInstead, guard }, action);
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

function hasUseCase(useCases: HttpUseCases, action: HttpAction): action is UseCaseAction {
  return action.action in useCases;
}

function reply(exchange: HttpExchange, cors: readonly Header[], response: HttpResponse): void {
  exchange.respond({ ...response, headers: [...response.headers, ...cors] });
}
