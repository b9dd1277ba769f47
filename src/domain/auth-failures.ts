import { networkOf } from './networks.ts';
import type { AccessRefusal } from './refusal.ts';
import type { Millis } from './time.ts';

/** How many authentications of one address may fail in a window. */
export interface AuthFailureLimits {
  /** 0 is unlimited. */
  readonly failuresPerWindow: number;
  readonly failureWindow: Millis;
}

/**
 * Addresses that are counted in one window. Further addresses are not counted: with a shared counter, an attacker with that
 * many addresses would lock out all other clients.
 */
const MAX_COUNTERS = 65_536;

/** A8: counts failed authentications by client address or network. All share one window, so that the table is cleared at once. */
export class AuthFailures {
  readonly limits: AuthFailureLimits;
  readonly #failures = new Map<string, number>();
  #openedAt: Millis;

  constructor(limits: AuthFailureLimits, now: Millis) {
    this.limits = limits;
    this.#openedAt = now;
  }

  /** @returns the time until the next window if the address has reached the limit; else 0. */
  waitFor(address: string, now: Millis): Millis {
    const { failuresPerWindow, failureWindow } = this.limits;
    const opensAt = this.#openedAt + failureWindow;
    if (this.#failures.size === 0 || now >= opensAt) return 0;
    return (this.#failures.get(networkOf(address)) ?? 0) < failuresPerWindow ? 0 : opensAt - now;
  }

  /** Counts a refusal, unless its cause can not be a guessed token. */
  refused(address: string, { reason }: AccessRefusal, now: Millis): void {
    if (this.limits.failuresPerWindow === 0 || NO_GUESS.has(reason)) return;
    if (now - this.#openedAt >= this.limits.failureWindow) {
      this.#openedAt = now;
      this.#failures.clear();
    }
    const network = networkOf(address);
    const failures = this.#failures.get(network) ?? 0;
    if (failures > 0 || this.#failures.size < MAX_COUNTERS) this.#failures.set(network, failures + 1);
  }
}

/** The authorizer gave no answer, the client is banned, or the token has a valid signature and was issued for another time. */
const NO_GUESS: ReadonlySet<string> = new Set<AccessRefusal['reason']>([
  'authorizer-unreachable',
  'banned',
  'token-expired',
  'token-early',
]);
