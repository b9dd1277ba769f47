import type { Allowance, AllowanceLimits } from './allowance.ts';
import type { PeerId } from './ids.ts';
import type { Session } from './session.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';

interface Remembered {
  readonly token: Token;
  readonly allowance: Allowance;
}

// Some 200 bytes each. Beyond it the longest remembered is forgotten, which is the first to be full again.
const MOST = 16_384;

/**
 * M10, M19: what peers have left that are gone, until it is full again: an allowance belongs to an id and its token, so a
 * reconnect does not refill it.
 */
export class Allowances {
  readonly #limits: AllowanceLimits;
  readonly #remembered = new Map<PeerId, Remembered>();

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#remembered.size;
  }

  /** The connection of a peer is over. */
  remember({ id, token, allowance, heardAt }: Session): void {
    if (allowance.timeUntilFull(this.#limits, heardAt) === 0) return;
    this.#remembered.delete(id);
    this.#remembered.set(id, { token, allowance });
    if (this.#remembered.size <= MOST) return;
    for (const oldest of this.#remembered.keys()) return void this.#remembered.delete(oldest);
  }

  /** A peer is in: it goes on with what it had left. */
  recall(session: Session): void {
    const known = this.#remembered.get(session.id);
    if (known === undefined || !known.token.matches(session.token)) return;
    this.#remembered.delete(session.id);
    session.allowance = known.allowance;
  }

  /** Forgets those that are full again, the longest remembered first. Costs what it finds. */
  sweep(now: Millis): void {
    for (const [id, { allowance }] of this.#remembered) {
      if (allowance.timeUntilFull(this.#limits, now) > 0) return;
      this.#remembered.delete(id);
    }
  }
}
