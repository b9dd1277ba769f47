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

/** H17: how many times the connections of one address a network may have: several hosts of a household share a /64. */
const ADDRESSES_OF_NETWORK = 2;

/** What each client address and its network have open, and have asked for in this window (H17). */
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
    const { connectionsPerAddress } = this.limits;
    const network = networkOf(address);
    const isFull =
      this.#openFrom(address) >= connectionsPerAddress ||
      (network !== address && this.#openFrom(network) >= ADDRESSES_OF_NETWORK * connectionsPerAddress);
    return isFull ? 'too-many-connections-from-address' : undefined;
  }

  enter(address: string): void {
    const network = networkOf(address);
    this.#open += 1;
    this.#add(address, 1);
    if (network !== address) this.#add(network, 1);
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
    this.#add(address, -1);
    if (network !== address) this.#add(network, -1);
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

  #openFrom(place: string): number {
    return this.#connections.get(place) ?? 0;
  }

  #add(place: string, connections: number): void {
    const open = this.#openFrom(place) + connections;
    if (open > 0) this.#connections.set(place, open);
    else this.#connections.delete(place);
  }
}
