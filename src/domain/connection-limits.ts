import { networkOf } from './networks.ts';
import type { Millis } from './time.ts';

/** What one client address may do. */
export interface ConnectionLimitSettings {
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
export type LimitRefusal = 'too-many-connections' | 'too-many-connections-from-address';

// Addresses with an account of their own in one window; what comes beyond shares one, so that a
// crowd of invented addresses can't fill the memory.
const MAX_COUNTERS = 65_536;
const SHARED_COUNTER = '';

/** H17: how many times the connections of one address a network may have: several hosts of a household share a /64. */
const ADDRESSES_OF_NETWORK = 2;

/** What each client address and its network have open, and have asked for in this window (H17). */
export class ConnectionLimits {
  readonly limits: ConnectionLimitSettings;
  readonly #connections = new Map<string, number>();
  readonly #requests = new Map<string, number>();
  #open = 0;
  #windowOpenedAt: Millis;

  constructor(limits: ConnectionLimitSettings, now: Millis) {
    this.limits = limits;
    this.#windowOpenedAt = now;
  }

  /** Connections open now. */
  get open(): number {
    return this.#open;
  }

  /** @returns why `address` may not connect; undefined where it may. */
  refusalFor(address: string): LimitRefusal | undefined {
    if (this.#open >= this.limits.connections) return 'too-many-connections';
    const { connectionsPerAddress } = this.limits;
    const network = networkOf(address);
    const isFull =
      this.#openFrom(address) >= connectionsPerAddress ||
      (network !== address && this.#openFrom(network) >= ADDRESSES_OF_NETWORK * connectionsPerAddress);
    return isFull ? 'too-many-connections-from-address' : undefined;
  }

  add(address: string): void {
    const network = networkOf(address);
    this.#open += 1;
    this.#add(address, 1);
    if (network !== address) this.#add(network, 1);
  }

  remove(address: string): void {
    this.#open -= 1;
    this.releaseAddress(address);
  }

  /** M19: the connection is over, and counts for its address until `vacate`. */
  removeKeepingAddress(): void {
    this.#open -= 1;
  }

  releaseAddress(address: string): void {
    const network = networkOf(address);
    this.#add(address, -1);
    if (network !== address) this.#add(network, -1);
  }

  /**
   * H9: counts one HTTP request in a window that is the same for everybody, so that the table is
   * emptied at once and needs no sweep.
   * @returns how long until the next window, where this request is one too many; else 0.
   */
  countRequest(address: string, now: Millis): Millis {
    const { requestsPerWindow, requestWindow } = this.limits;
    if (requestsPerWindow === 0) return 0;
    if (now - this.#windowOpenedAt >= requestWindow) {
      this.#windowOpenedAt = now;
      this.#requests.clear();
    }
    const network = networkOf(address);
    const counter = this.#requests.size < MAX_COUNTERS || this.#requests.has(network) ? network : SHARED_COUNTER;
    const requests = (this.#requests.get(counter) ?? 0) + 1;
    this.#requests.set(counter, requests);
    return requests <= requestsPerWindow ? 0 : this.#windowOpenedAt + requestWindow - now;
  }

  #openFrom(source: string): number {
    return this.#connections.get(source) ?? 0;
  }

  #add(source: string, connections: number): void {
    const open = this.#openFrom(source) + connections;
    if (open > 0) this.#connections.set(source, open);
    else this.#connections.delete(source);
  }
}
