import { mayOpenSocket, type OriginPolicy } from '../domain/origins.ts';
import type { MemoryBudget } from '../domain/memory-budget.ts';
import { networkOf } from '../domain/networks.ts';
import type { Millis } from '../domain/time.ts';
import type { LimitRefusal, ConnectionLimits } from '../domain/connection-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Dialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { HitLimit } from './ports/hit-limit.ts';
import type { Log } from './ports/log.ts';
import type { NodeBus } from './ports/node-bus.ts';
import type { ConnectRequest } from './ports/requests.ts';
import type { Admission, UpgradeAnswer } from './ports/transport.ts';
import { loggedRequest } from './refused-requests.ts';

export interface AdmissionControlParts {
  readonly dialects: readonly Dialect[];
  readonly connectionLimits: ConnectionLimits;
  readonly memory: MemoryBudget;
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddresses;
  readonly bus: NodeBus;
  readonly clock: Clock;
  readonly log: Log;
  /** H11: characters of a request target. */
  readonly maxUrlBytes: number;
  /** What becomes of those who come while the engine of the cluster is out of reach. */
  readonly clusterCut: 'hold' | 'refuse';
}

/** Why a connection is refused before its handshake. */
type AdmissionRefusal = LimitRefusal | 'origin-not-allowed' | 'draining' | 'cut-off' | 'path-unknown' | 'target-too-long';

/** What a page or a proxy is told when a WebSocket is refused before its handshake. */
const REFUSALS: Record<AdmissionRefusal, HttpResponse> = {
  'path-unknown': plain(404, 'Not Found'),
  'target-too-long': plain(414, 'URI Too Long'),
  'origin-not-allowed': plain(403, 'Origin not allowed'),
  'too-many-connections': plain(503, 'Too many connections'),
  'too-many-connections-from-address': plain(429, 'Too many connections from this address'),
  draining: plain(503, 'Server is restarting'),
  'cut-off': plain(503, 'Server is cut off from its cluster'),
};

/** M19: a peer that says little owes less when it leaves. */
const LEAST_DEBT: Millis = 1_000;

/** Decides who may open a socket at all, and counts who is in. */
export class AdmissionControl {
  readonly #parts: AdmissionControlParts;
  #isClosed = false;
  #onEmpty: () => void = () => undefined;

  constructor(parts: AdmissionControlParts) {
    this.#parts = parts;
  }

  /** O9, O10, H11 and the bounds on connections. An accepted one is counted until `left`. */
  admit(request: HttpRequest): UpgradeAnswer {
    const { dialects, addresses, maxUrlBytes } = this.#parts;
    const dialect = dialects.find((candidate) => candidate.servesWebSocketAt(request.path));
    const asked = request.path.length + request.query.length;
    const limit = { option: 'max_url_bytes', allows: maxUrlBytes, asked };
    if (asked > maxUrlBytes) return this.#refuse(request, 'target-too-long', limit);
    if (dialect === undefined) return this.#refuse(request, 'path-unknown');
    const introduction = (): ConnectRequest => dialect.connectRequest(request.query);
    const address = addresses.of(request);
    const why = this.#refusalFor(request, address);
    if (why !== undefined) return this.#refuse(request, why, this.#limitOf(why), introduction().key);
    return this.#accept(request, { dialect: dialect.name, carrier: 'socket', address, connectRequest: introduction() });
  }

  /** The same for a request whose answer is to be a stream. To be asked before the request's call returns. */
  admitStream(request: HttpRequest, dialect: Dialect, connectRequest: ConnectRequest): UpgradeAnswer {
    const address = this.#parts.addresses.of(request);
    const why = this.#refusalFor(request, address);
    // The refusal is the answer to a request, and logged as such.
    if (why !== undefined) return { accept: false, response: { ...REFUSALS[why], why, limit: this.#limitOf(why) } };
    return this.#accept(request, { dialect: dialect.name, carrier: 'stream', address, connectRequest });
  }

  /** An accepted connection is over. @param debt M19: how long until its allowance is full again. */
  release(address: string, debt: Millis = 0): void {
    const { connectionLimits, clock } = this.#parts;
    if (debt < LEAST_DEBT) connectionLimits.remove(address);
    else {
      connectionLimits.removeKeepingAddress();
      clock.wakeAt(clock.now() + debt, () => connectionLimits.releaseAddress(address));
    }
    if (this.#parts.connectionLimits.open === 0) this.#onEmpty();
  }

  /** Lets nobody in from now on. */
  close(): void {
    this.#isClosed = true;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Calls `then` when the last one has gone. */
  whenEmpty(then: () => void): void {
    this.#onEmpty = then;
  }

  #accept(request: HttpRequest, admitted: Omit<Admission, 'accept' | 'origin' | 'memory'>): Admission {
    const { connectionLimits, memory } = this.#parts;
    connectionLimits.add(admitted.address);
    const account = memory.open(networkOf(admitted.address));
    return { accept: true, ...admitted, origin: request.header('origin'), memory: account };
  }

  #refuse(request: HttpRequest, why: AdmissionRefusal, limit?: HitLimit, key?: string): UpgradeAnswer {
    const { addresses, log } = this.#parts;
    const response = REFUSALS[why];
    const { status } = response;
    log.record({ event: 'upgrade-refused', request: loggedRequest(request, addresses), status, why, key, limit });
    return { accept: false, response };
  }

  #limitOf(why: AdmissionRefusal): HitLimit | undefined {
    const { connections, connectionsPerAddress } = this.#parts.connectionLimits.limits;
    if (why === 'too-many-connections') return { option: 'max_connections', allows: connections, asked: connections + 1 };
    if (why !== 'too-many-connections-from-address') return undefined;
    return { option: 'max_connections_per_address', allows: connectionsPerAddress, asked: connectionsPerAddress + 1 };
  }

  #refusalFor(request: HttpRequest, address: string): Exclude<AdmissionRefusal, 'path-unknown' | 'target-too-long'> | undefined {
    const { connectionLimits, origins, bus, clusterCut } = this.#parts;
    if (this.#isClosed) return 'draining';
    if (clusterCut === 'refuse' && !bus.isReachable) return 'cut-off';
    if (!mayOpenSocket(origins, request)) return 'origin-not-allowed';
    return connectionLimits.refusalFor(address);
  }
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8']], body };
}
