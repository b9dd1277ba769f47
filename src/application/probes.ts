import type { AdmissionControl } from './admission-control.ts';
import type { HttpHead } from './ports/requests.ts';
import type { HttpResponse } from './ports/http.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { Clock } from './ports/clock.ts';
import type { NodeBus } from './ports/node-bus.ts';
import type { StoreHealth } from './store-health.ts';

export interface ProbesParts {
  readonly admissionControl: AdmissionControl;
  readonly bus: NodeBus;
  readonly fence: LeaseFence;
  readonly storeHealth: Pick<StoreHealth, 'isFailing'>;
  readonly clock: Clock;
}

const HEADERS = [
  ['content-type', 'text/plain; charset=utf-8'],
  ['cache-control', 'no-store'],
] as const;

/**
 * Answers health checks of supervisors and load balancers. Health checks are frequent and come from one address, so the rate
 * limit does not apply to them.
 */
export class Probes {
  readonly #parts: ProbesParts;

  constructor(parts: ProbesParts) {
    this.#parts = parts;
  }

  /**
   * `/healthz`: 200 while the process is running. `/readyz`: 200 while new connections are accepted, else 503 and the reason.
   * @returns undefined for any other request.
   */
  answer({ method, path }: Pick<HttpHead, 'method' | 'path'>): HttpResponse | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (path === '/healthz') return { status: 200, headers: HEADERS, body: 'ok\n' };
    return path === '/readyz' ? this.#readiness() : undefined;
  }

  #readiness(): HttpResponse {
    const { admissionControl, bus, fence, storeHealth, clock } = this.#parts;
    if (admissionControl.isClosed) return { status: 503, headers: HEADERS, body: 'draining\n' };
    if (!bus.isReachable) return { status: 503, headers: HEADERS, body: 'the engine of the cluster is out of reach\n' };
    if (fence.isOverdue(clock.now())) {
      return { status: 503, headers: HEADERS, body: 'the engine of the cluster has not renewed the lease in time\n' };
    }
    if (storeHealth.isFailing) return { status: 503, headers: HEADERS, body: 'the mailbox store can not write\n' };
    return { status: 200, headers: HEADERS, body: 'ready\n' };
  }
}
