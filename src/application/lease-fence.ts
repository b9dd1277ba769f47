import { NEVER, type Millis } from '../domain/time.ts';

/** The trusted share of a lease, because the clocks of two machines run at different speeds. */
const TRUSTED_SHARE = 0.9;
/** An engine that leaves a renewal unanswered for this time would not answer a new peer in time either. */
const MAX_SILENCE_MS: Millis = 2_000;

/**
 * Blocks frames while other nodes may own the ids of this node, judged by this node's own clock. A lease counts from the request
 * of its renewal. The fence detects a process that was suspended for longer than its lease, before the frames in its sockets are
 * relayed. A node that knows that the engine is unreachable continues: its own peers still reach each other.
 */
export class LeaseFence {
  readonly #duration: Millis;
  #until: Millis;
  #isEngineUnreachable = false;
  #lastRequest: Millis = Number.NEGATIVE_INFINITY;
  /** Since when the engine has left a renewal unanswered. */
  #silentSince: Millis | undefined;
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

  /** Whether no other node can own the ids of this node. */
  isTrusted(now: Millis): boolean {
    return now <= this.#until;
  }

  /** Whether the last renewal of the lease is too old, or unanswered. The engine would not answer a new peer either. */
  isOverdue(now: Millis): boolean {
    return now > this.#until || (this.#silentSince !== undefined && now - this.#silentSince > MAX_SILENCE_MS);
  }

  /** @param onLifted called when frames need not wait any more; may be called without need. */
  onLifted(onLifted: () => void): void {
    this.#liftedListener = onLifted;
  }

  /** Reports that the engine was asked to renew the lease. */
  requested(now: Millis): void {
    this.#lastRequest = now;
    this.#silentSince ??= now;
  }

  /** Reports that the engine has answered the request of `requestedAt`, whether or not the lease is renewed. */
  answered(requestedAt: Millis, now: Millis): void {
    this.#silentSince = requestedAt < this.#lastRequest ? now : undefined;
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
