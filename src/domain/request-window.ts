import { networkOf } from './networks.ts';
import type { Millis } from './time.ts';

/** How many requests one address may send in a window. */
export interface RequestWindowLimits {
  /** 0 is unlimited. */
  readonly requestsPerWindow: number;
  readonly requestWindow: Millis;
}

// Addresses with their own counter in one window. Further addresses share one counter, which bounds the memory.
const MAX_COUNTERS = 65_536;
const SHARED_COUNTER = '';

/** Counts requests by client address or network (H17). All share one window, so that the table is cleared at once. */
export class RequestWindow {
  readonly limits: RequestWindowLimits;
  readonly #requests = new Map<string, number>();
  #openedAt: Millis;

  constructor(limits: RequestWindowLimits, now: Millis) {
    this.limits = limits;
    this.#openedAt = now;
  }

  /** Counts one request. @returns the time until the next window if the limit is exceeded; else 0. */
  count(address: string, now: Millis): Millis {
    const { requestsPerWindow, requestWindow } = this.limits;
    if (requestsPerWindow === 0) return 0;
    if (now - this.#openedAt >= requestWindow) {
      this.#openedAt = now;
      this.#requests.clear();
    }
    const network = networkOf(address);
    const counter = this.#requests.size < MAX_COUNTERS || this.#requests.has(network) ? network : SHARED_COUNTER;
    const requests = (this.#requests.get(counter) ?? 0) + 1;
    this.#requests.set(counter, requests);
    return requests <= requestsPerWindow ? 0 : this.#openedAt + requestWindow - now;
  }
}
