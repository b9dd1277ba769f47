import { NEVER, type Millis } from '../domain/time.ts';

/** The trusted share of a lease, because the clocks of two machines run at different speeds. */
const TRUSTED_SHARE = 0.9;

/**
 * Blocks frames while other nodes may own the ids of this node, judged by this node's own clock. A lease counts from the request
 * of its renewal. The fence detects a process that was suspended for longer than its lease, before the frames in its sockets are
 * relayed. A node that knows that the engine is unreachable continues: its own peers still reach each other.
 */
export class LeaseFence {
  readonly #duration: Millis;
  #until: Millis;
  #isEngineUnreachable = false;
  #liftedListener: () => void = () => undefined;

  /** @param lease NEVER for a single node. */
  constructor(lease: Millis, now: Millis) {
    this.#duration = lease === NEVER ? NEVER : lease * TRUSTED_SHARE;
    this.#until = now + this.#duration;
  }

  /** Whether frames of peers must wait until the lease is renewed. */
  isBlocking(now: Millis): boolean {
    return now > this.#until && !this.#isEngineUnreachable;
  }

  /** Whether the last renewal of the lease is too old. The engine would not answer a new peer either. */
  isOverdue(now: Millis): boolean {
    return now > this.#until;
  }

  /** @param onLifted called when frames need not wait any more; may be called without need. */
  onLifted(onLifted: () => void): void {
    this.#liftedListener = onLifted;
  }

  /** Reports that the lease was renewed, and that every claim at risk was confirmed. */
  renewed(requestedAt: Millis): void {
    this.#until = Math.max(this.#until, requestedAt + this.#duration);
    this.#isEngineUnreachable = false;
    this.#liftedListener();
  }

  /** Reports that the engine is unreachable, and that this node has noticed. */
  engineUnreachable(): void {
    this.#isEngineUnreachable = true;
    this.#liftedListener();
  }

  /** Reports that the engine is reachable again. The claims are not confirmed yet. */
  engineReachable(): void {
    this.#isEngineUnreachable = false;
  }
}
