import { networkOf } from './networks.ts';
import type { Millis } from './time.ts';

/** What one client address may do. */
export interface VisitorLimits {
  /** Connections at one time, in all. */
  readonly connections: number;
  /** Connections at one time from one address. */
  readonly connectionsPerAddress: number;
  /** H9: HTTP requests from one address in a window; 0 for no bound. */
  readonly requestsPerWindow: number;
  /** H9: how long a window is. */
  readonly requestWindow: Millis;
}

/** Why an address may not open one more connection. */
export type CrowdRefusal = 'too-many-connections' | 'too-many-connections-from-address';

// Addresses with an account of their own in one window; what comes beyond shares one, so that a
// crowd of invented addresses can't fill the memory.
const MAX_ACCOUNTS = 65_536;
const CROWD = '';

/** What each client address has open, and has asked for in this window. H17: of IPv6, each /64. */
export class Visitors {
  readonly limits: VisitorLimits;
  readonly #connections = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  #open = 0;
  #windowOpenedAt: Millis;

  constructor(limits: VisitorLimits, now: Millis) {
    this.limits = limits;
    this.#windowOpenedAt = now;
  }

  /** Connections open now. */
  get open(): number {
    return this.#open;
  }

  /** @returns why `address` may not connect; undefined where it may. */
  refuses(address: string): CrowdRefusal | undefined {
    if (this.#open >= this.limits.connections) return 'too-many-connections';
    const from = this.#connections.get(networkOf(address)) ?? 0;
    return from >= this.limits.connectionsPerAddress ? 'too-many-connections-from-address' : undefined;
  }

  enter(address: string): void {
    const network = networkOf(address);
    this.#open += 1;
    this.#connections.set(network, (this.#connections.get(network) ?? 0) + 1);
  }

  leave(address: string): void {
    this.#open -= 1;
    this.vacate(address);
  }

  /** M19: the connection is over, and counts for its address until `vacate`. */
  linger(): void {
    this.#open -= 1;
  }

  vacate(address: string): void {
    const network = networkOf(address);
    const left = (this.#connections.get(network) ?? 1) - 1;
    if (left > 0) this.#connections.set(network, left);
    else this.#connections.delete(network);
  }

  /**
   * H9: counts one HTTP request in a window that is the same for everybody, so that the table is
   * emptied at once and needs no sweep.
   * @returns how long until the next window, where this request is one too many; else 0.
   */
  ask(address: string, now: Millis): Millis {
    const { requestsPerWindow, requestWindow } = this.limits;
    if (requestsPerWindow === 0) return 0;
    if (now - this.#windowOpenedAt >= requestWindow) {
      this.#windowOpenedAt = now;
      this.#asked.clear();
    }
    const network = networkOf(address);
    const account = this.#asked.size < MAX_ACCOUNTS || this.#asked.has(network) ? network : CROWD;
    const asked = (this.#asked.get(account) ?? 0) + 1;
    this.#asked.set(account, asked);
    return asked <= requestsPerWindow ? 0 : this.#windowOpenedAt + requestWindow - now;
  }
}
