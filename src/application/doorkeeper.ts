import { mayOpen, type OriginPolicy } from '../domain/origins.ts';
import type { CrowdRefusal, Visitors } from '../domain/visitors.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Dialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log } from './ports/log.ts';
import type { UpgradeAnswer } from './ports/transport.ts';

export interface DoorkeeperParts {
  readonly dialects: readonly Dialect[];
  readonly visitors: Visitors;
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddresses;
  readonly log: Log;
  /** H11: characters of a request target. */
  readonly maxUrlBytes: number;
}

type DoorRefusal = CrowdRefusal | 'origin-not-allowed' | 'draining' | 'path-unknown' | 'target-too-long';

/** What a page or a proxy is told when a WebSocket is refused before its handshake. */
const REFUSALS: Record<DoorRefusal, HttpResponse> = {
  'path-unknown': plain(404, 'Not Found'),
  'target-too-long': plain(414, 'URI Too Long'),
  'origin-not-allowed': plain(403, 'Origin not allowed'),
  'too-many-connections': plain(503, 'Too many connections'),
  'too-many-connections-from-address': plain(429, 'Too many connections from this address'),
  draining: plain(503, 'Server is restarting'),
};

/** Decides who may open a socket at all, and counts who is in. */
export class Doorkeeper {
  readonly #parts: DoorkeeperParts;
  #isClosed = false;
  #onEmpty: () => void = () => undefined;

  constructor(parts: DoorkeeperParts) {
    this.#parts = parts;
  }

  /** O9, O10, H11 and the bounds on connections. An accepted one is counted until `left`. */
  ask(request: HttpRequest): UpgradeAnswer {
    const { dialects, addresses, visitors, log } = this.#parts;
    const dialect = dialects.find((candidate) => candidate.opensAt(request.path));
    const address = addresses.of(request);
    const refusal = this.#refuses(request, dialect, address);
    if (dialect === undefined || refusal !== undefined) {
      const why = refusal ?? 'path-unknown';
      if (why !== 'path-unknown' && why !== 'target-too-long') log.record({ event: 'upgrade-refused', why, address });
      return { accept: false, response: REFUSALS[why] };
    }
    visitors.enter(address);
    return { accept: true, dialect: dialect.name, query: request.query, address };
  }

  /** An accepted connection is over. */
  left(address: string): void {
    this.#parts.visitors.leave(address);
    if (this.#parts.visitors.open === 0) this.#onEmpty();
  }

  /** Lets nobody in from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Calls `then` when the last one has gone. */
  whenEmpty(then: () => void): void {
    this.#onEmpty = then;
  }

  #refuses(request: HttpRequest, dialect: Dialect | undefined, address: string): DoorRefusal | undefined {
    const { visitors, origins, maxUrlBytes } = this.#parts;
    if (request.path.length + request.query.length > maxUrlBytes) return 'target-too-long';
    if (dialect === undefined) return 'path-unknown';
    if (this.#isClosed) return 'draining';
    if (!mayOpen(origins, request)) return 'origin-not-allowed';
    return visitors.refuses(address);
  }
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8']], body };
}
