import { networkOf } from './networks.ts';
import { RequestWindow, type RequestWindowLimits } from './request-window.ts';
import type { Millis } from './time.ts';

/** Limits of connections, and of HTTP requests (H9). */
export interface ConnectionLimitSettings extends RequestWindowLimits {
  /** Concurrent connections in total. */
  readonly connections: number;
  /** Concurrent connections from one address. */
  readonly connectionsPerAddress: number;
}

/** The reason why an address may not open another connection. */
export type LimitRefusal = 'too-many-connections' | 'too-many-connections-from-address';

/** H17: the limit of a /64 network, in multiples of the limit of one address, because several hosts share a /64. */
const ADDRESSES_OF_NETWORK = 2;

/** Counts open connections and requests in the current window, by client address and network (H17). */
export class ConnectionLimits {
  readonly limits: ConnectionLimitSettings;
  readonly #connections = new Map<string, number>();
  readonly #requests: RequestWindow;
  #open = 0;

  constructor(limits: ConnectionLimitSettings, now: Millis) {
    this.limits = limits;
    this.#requests = new RequestWindow(limits, now);
  }

  /** Open connections. */
  get open(): number {
    return this.#open;
  }

  /** @returns undefined if `address` may connect. */
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

  /** M19: the connection has ended, but counts for its address until `releaseAddress`. */
  removeKeepingAddress(): void {
    this.#open -= 1;
  }

  releaseAddress(address: string): void {
    const network = networkOf(address);
    this.#add(address, -1);
    if (network !== address) this.#add(network, -1);
  }

  /** H9: counts one HTTP request. @returns the time until the next window if the limit is exceeded; else 0. */
  countRequest(address: string, now: Millis): Millis {
    return this.#requests.count(address, now);
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
