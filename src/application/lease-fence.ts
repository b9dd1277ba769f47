import { NEVER, type Millis } from '../domain/time.ts';

/** How much of a lease a node trusts: clocks do not run at the same speed. */
const SHARE = 0.9;

/**
 * Whether other nodes may own the ids of this node by now, by this node's own clock: a lease counts from when its renewal was
 * requested. A process that was stopped for longer than the lease finds that out here, before it relays what has piled up in its
 * sockets. A node that knows that it is cut off from the engine goes on: its peers still reach each other.
 */
export class LeaseFence {
  readonly #span: Millis;
  #until: Millis;
  #isCutOff = false;
  #onDown: () => void = () => undefined;

  /** @param lease NEVER for a single node. */
  constructor(lease: Millis, now: Millis) {
    this.#span = lease === NEVER ? NEVER : lease * SHARE;
    this.#until = now + this.#span;
  }

  /** Whether frames of peers have to wait until the lease was renewed. */
  isBlocking(now: Millis): boolean {
    return now > this.#until && !this.#isCutOff;
  }

  /** Whether no renewal of the lease was answered in time: a new peer would not be answered either. */
  isOverdue(now: Millis): boolean {
    return now > this.#until;
  }

  /** @param onDown is called when frames need not wait any more; possibly without need. */
  onLifted(onDown: () => void): void {
    this.#onDown = onDown;
  }

  /** The lease was renewed, and every claim that another node may have taken was confirmed. */
  renewed(requestedAt: Millis): void {
    this.#until = Math.max(this.#until, requestedAt + this.#span);
    this.#isCutOff = false;
    this.#onDown();
  }

  /** The engine can't be reached, and this node knows it. */
  engineUnreachable(): void {
    this.#isCutOff = true;
    this.#onDown();
  }
}
