import type { AuthFailures } from '../domain/auth-failures.ts';
import { mayOpenSocket, type OriginPolicy } from '../domain/origins.ts';
import type { MemoryBudget } from '../domain/memory-budget.ts';
import { networkOf } from '../domain/networks.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import type { Millis } from '../domain/time.ts';
import type { LimitRefusal, ConnectionLimits } from '../domain/connection-limits.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { Clock } from './ports/clock.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { CommonDialect } from './ports/dialect.ts';
import { offeredSubprotocols, subprotocolsOf, type HttpRequest, type HttpResponse } from './ports/http.ts';
import type { HitLimit } from './ports/hit-limit.ts';
import type { Log } from './ports/log.ts';
import type { NodeBus } from './ports/node-bus.ts';
import type { ConnectRequest } from './ports/requests.ts';
import type { Admission, UpgradeAnswer } from './ports/transport.ts';
import { authFailureLimit } from './hit-limits.ts';
import { loggedRequest } from './refused-requests.ts';
import { headersOf } from './request-headers.ts';
import { cookieToken } from './token-cookie.ts';

export interface AdmissionControlParts {
  readonly dialects: readonly CommonDialect[];
  readonly connectionLimits: ConnectionLimits;
  readonly authFailures: AuthFailures;
  readonly memory: MemoryBudget;
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddresses;
  readonly authorizer: Authorizer;
  readonly bus: NodeBus;
  readonly clock: Clock;
  readonly log: Log;
  /** H11: maximum length of a request target, in characters. */
  readonly maxUrlBytes: number;
  /** How new connections are treated while the cluster engine is unreachable. */
  readonly clusterCut: 'hold' | 'refuse';
}

/** Why a connection is refused before its handshake. */
type AdmissionRefusal = LimitRefusal | TargetRefusal | 'too-many-auth-failures' | 'origin-not-allowed' | 'draining' | 'cut-off';

type TargetRefusal = 'path-unknown' | 'target-too-long';

/** The responses to refused connections. */
const REFUSALS: Record<AdmissionRefusal, HttpResponse> = {
  'path-unknown': plain(404, 'Not Found'),
  'target-too-long': plain(414, 'URI Too Long'),
  'origin-not-allowed': plain(403, 'Origin not allowed'),
  'too-many-connections': plain(503, 'Too many connections'),
  'too-many-connections-from-address': plain(429, 'Too many connections from this address'),
  'too-many-auth-failures': plain(429, 'Too many failed authentications from this address', ['retry-after', '60']),
  draining: plain(503, 'Server is restarting'),
  'cut-off': plain(503, 'Server is cut off from its cluster'),
};

/** A connection that no limit forbids. */
interface Accepted extends Pick<Admission, 'carrier' | 'address'> {
  readonly dialect: CommonDialect;
}

/** M19: a smaller overdraft is ignored, because a peer that sent little should free its place at once. */
const MIN_OVERDRAFT: Millis = 1_000;

/** Decides whether a connection is accepted, and counts accepted connections. */
export class AdmissionControl {
  readonly #parts: AdmissionControlParts;
  #isClosed = false;
  #onEmpty: () => void = () => undefined;

  constructor(parts: AdmissionControlParts) {
    this.#parts = parts;
  }

  /** O9, O10, H11, and the connection limits. An accepted connection is counted until `release`. */
  admit(request: HttpRequest): UpgradeAnswer {
    const { addresses, maxUrlBytes } = this.#parts;
    const dialect = this.#dialectAt(request.path);
    const length = request.path.length + request.query.length;
    if (length > maxUrlBytes) {
      return this.#refuse(request, 'target-too-long', { option: 'max_url_bytes', allows: maxUrlBytes, asked: length });
    }
    if (dialect === undefined) return this.#refuse(request, 'path-unknown');
    const address = addresses.of(request);
    const why = this.#refusalFor(request, address);
    if (why !== undefined) return this.#refuse(request, why, this.#limitOf(why), dialect.connectRequest(request.query).key);
    const admission = this.#accept(request, { dialect, carrier: 'socket', address }, dialect.connectRequest(request.query));
    if (dialect.subprotocol === undefined) return admission;
    const offered = offeredSubprotocols(request.header('sec-websocket-protocol'));
    return { ...admission, subprotocol: dialect.subprotocol(offered) };
  }

  /** H18: the response to a handshake that is refused now; undefined for one that is accepted. */
  refusalOf(request: HttpRequest): HttpResponse | undefined {
    const why = this.#refusalFor(request, this.#parts.addresses.of(request));
    return why === undefined ? undefined : { ...REFUSALS[why], why, limit: this.#limitOf(why) };
  }

  /** Decides on a stream. Must be called before the call that delivers the request returns. */
  admitStream(request: HttpRequest, dialect: CommonDialect, connectRequest: ConnectRequest): UpgradeAnswer {
    const address = this.#parts.addresses.of(request);
    const why = this.#refusalFor(request, address);
    // The refusal is the response to a request, and is logged as such.
    if (why !== undefined) return { accept: false, response: { ...REFUSALS[why], why, limit: this.#limitOf(why) } };
    return this.#accept(request, { dialect, carrier: 'stream', address }, connectRequest);
  }

  /** A8. @returns whether tokens of this address may still be verified. */
  tokenRefused(address: string, refusal: AccessRefusal): boolean {
    const { authFailures, clock } = this.#parts;
    authFailures.refused(address, refusal, clock.now());
    return authFailures.waitFor(address, clock.now()) === 0;
  }

  /** An accepted connection has ended. @param overdraft M19: how long until its rate limit allowance is full again. */
  release(address: string, overdraft: Millis = 0): void {
    const { connectionLimits, clock } = this.#parts;
    if (overdraft < MIN_OVERDRAFT) connectionLimits.remove(address);
    else {
      connectionLimits.removeKeepingAddress();
      clock.wakeAt(clock.now() + overdraft, () => connectionLimits.releaseAddress(address));
    }
    if (this.#parts.connectionLimits.open === 0) this.#onEmpty();
  }

  /** Refuses every new connection from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Withdraws the admission of a stream that has waited, if the broker drains. @returns the response; undefined if none. */
  withdraw({ address, memory }: Pick<Admission, 'address' | 'memory'>): HttpResponse | undefined {
    if (!this.#isClosed) return undefined;
    memory?.release();
    this.release(address);
    return REFUSALS.draining;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Calls `then` when the last connection has ended. */
  whenEmpty(then: () => void): void {
    this.#onEmpty = then;
  }

  #dialectAt(path: string): CommonDialect | undefined {
    for (const dialect of this.#parts.dialects) if (dialect.servesWebSocketAt(path)) return dialect;
    return undefined;
  }

  #accept(request: HttpRequest, { dialect, carrier, address }: Accepted, connectRequest: ConnectRequest): Admission {
    const { connectionLimits, memory, authorizer } = this.#parts;
    const withToken = this.#withToken(connectRequest, request);
    connectionLimits.add(address);
    return {
      accept: true,
      dialect: dialect.name,
      carrier,
      address,
      connectRequest: withToken,
      sendsBinary: carrier === 'socket' ? dialect.sendsBinary : undefined,
      origin: request.header('origin'),
      headers: headersOf(request, authorizer.headers),
      memory: memory.open(networkOf(address)),
    };
  }

  /** A11, A12: the token of a subprotocol, then of a cookie, unless the query has one. The header precedes them (A2). */
  #withToken(connectRequest: ConnectRequest, request: HttpRequest): ConnectRequest {
    if (connectRequest.as === 'diagnostic' || connectRequest.token) return connectRequest;
    const { token: offered } = subprotocolsOf(request.header('sec-websocket-protocol'));
    const token = offered ?? cookieToken(this.#parts.origins, request);
    return token === undefined ? connectRequest : { ...connectRequest, token };
  }

  #refuse(request: HttpRequest, why: AdmissionRefusal, limit?: HitLimit, key?: string): UpgradeAnswer {
    const { addresses, log } = this.#parts;
    const response = REFUSALS[why];
    const { status } = response;
    log.record({ event: 'upgrade-refused', request: loggedRequest(request, addresses), status, why, key, limit });
    return { accept: false, response: { ...response, why } };
  }

  #limitOf(why: AdmissionRefusal): HitLimit | undefined {
    const { connectionLimits, authFailures } = this.#parts;
    if (why === 'too-many-auth-failures') return authFailureLimit(authFailures);
    const { connections, connectionsPerAddress } = connectionLimits.limits;
    if (why === 'too-many-connections') return { option: 'max_connections', allows: connections, asked: connections + 1 };
    if (why !== 'too-many-connections-from-address') return undefined;
    return { option: 'max_connections_per_address', allows: connectionsPerAddress, asked: connectionsPerAddress + 1 };
  }

  #refusalFor(request: HttpRequest, address: string): Exclude<AdmissionRefusal, 'path-unknown' | 'target-too-long'> | undefined {
    const { connectionLimits, authFailures, origins, bus, clock, clusterCut } = this.#parts;
    if (this.#isClosed) return 'draining';
    if (clusterCut === 'refuse' && !bus.isReachable) return 'cut-off';
    if (!mayOpenSocket(origins, request)) return 'origin-not-allowed';
    if (authFailures.waitFor(address, clock.now()) > 0) return 'too-many-auth-failures';
    return connectionLimits.refusalFor(address);
  }
}

function plain(status: number, body: string, ...more: HttpResponse['headers']): HttpResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8'], ...more], body };
}
