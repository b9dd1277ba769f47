/** Input that waits for a later turn of the event loop, in order: the frames of one connection, for example. */
export interface DeferredInput {
  /** Units that may be handled before it is the turn of other input that waits. */
  readonly share: number;
  /** Units of the oldest item that may be handled now; undefined if there is none. */
  readonly nextCost: number | undefined;
  /** Handles the oldest item. */
  handleNext(): void;
}

// Units of the budget. One unit takes about a microsecond: the decoder reads the most expensive JSON at 4 ms per MiB.
const FRAME_UNITS = 4;
/** Of each request of a frame but the first. */
export const REQUEST_UNITS = 4;
/** M23: a fragment of a message costs as many units, and counts as more bytes that are read, because it may be empty. */
export const FRAGMENT_COST = { units: 0.25, bytes: 64 } as const;
const BYTES_PER_UNIT = 256;
const UNITS_PER_TURN = 4_000;
/**
 * The part of every turn that a connection has in any case, so that no small frame waits for the large frames of others; and its
 * share while its frames wait.
 */
export const UNITS_PER_CONNECTION = 64;
/** The part of every turn that the input that waits longest has in any case, with at least one item. */
const UNITS_OF_OLDEST = 1_000;
/** While input that waited is handled, output is sent after this many units, and does not wait for the rest of the turn. */
const UNITS_PER_FLUSH = 1_000;

/** Units that a frame costs. */
export function frameCost(bytes: number): number {
  return FRAME_UNITS + bytes / BYTES_PER_UNIT;
}

/**
 * M23: bounds the input that one turn of the event loop handles, because the network delivers many frames of a connection at
 * once. While frames are deferred, or when a turn has handled its budget, each connection may use only a small part more. Its
 * further frames are deferred to later turns, the connection that waits longest first. While the budget lasts, a frame costs one
 * addition.
 */
export class InputBudget {
  readonly #nextTurn: (then: () => void) => void;
  readonly #endTurn = (): void => this.#handleDeferred();
  #spent = 0;
  #isScheduled = false;
  #isHandlingDeferred = false;
  /** Units of input that waited, since the last flush. */
  #unflushed = 0;
  readonly #flush: () => void;
  /** Units that each connection has used since the budget of the turn was exhausted. */
  readonly #extra = new Map<DeferredInput, number>();
  /** In the order in which they are served. */
  readonly #deferred = new Set<DeferredInput>();

  /**
   * @param flush sends the output that input has caused so far. It is called while no frame is being received, because libraries
   *   join writes only then.
   * @param nextTurn calls back after the current turn of the event loop.
   */
  constructor(flush: () => void = () => undefined, nextTurn: (then: () => void) => void = setImmediate) {
    this.#flush = flush;
    this.#nextTurn = nextTurn;
  }

  /** Whether input that waited is being handled. */
  get isHandlingDeferred(): boolean {
    return this.#isHandlingDeferred;
  }

  /** Counts an item. @returns whether the item may be handled in this turn; else its input must be passed to `defer`. */
  admits(input: DeferredInput, units: number): boolean {
    const before = this.#spent;
    this.#spent += units;
    // The end of the turn is only scheduled for turns that might be too long.
    if (this.#spent >= UNITS_PER_TURN / 2) this.#schedule();
    if (before < UNITS_PER_TURN && this.#deferred.size === 0) return true;
    const extra = (this.#extra.get(input) ?? 0) + units;
    this.#extra.set(input, extra);
    if (extra <= UNITS_PER_CONNECTION) return true;
    this.#spent -= units;
    return false;
  }

  /** Counts further work for input that was handled in this turn. */
  spend(input: DeferredInput, units: number): void {
    this.#spent += units;
    if (this.#spent >= UNITS_PER_TURN / 2) this.#schedule();
    const extra = this.#extra.get(input);
    if (extra !== undefined) this.#extra.set(input, extra + units);
  }

  /** Handles the input in later turns. A repeated call changes nothing. */
  defer(input: DeferredInput): void {
    this.#deferred.add(input);
    this.#schedule();
  }

  /** Handles all deferred input at once, because the transport stops. */
  flush(): void {
    while (this.#deferred.size > 0) {
      for (const input of this.#deferred) {
        this.#deferred.delete(input);
        while (input.nextCost !== undefined) input.handleNext();
      }
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#nextTurn(this.#endTurn);
  }

  #handleDeferred(): void {
    this.#isScheduled = false;
    this.#isHandlingDeferred = true;
    if (this.#deferred.size > 0) this.#flush();
    let reserved = UNITS_OF_OLDEST;
    // Each input has its share in each round, so that none waits for all the frames of another.
    for (let isHandled = true; isHandled && this.#deferred.size > 0;) {
      isHandled = false;
      for (const input of [...this.#deferred]) {
        if (reserved === 0 && this.#spent >= UNITS_PER_TURN) break;
        // Input that was not served keeps its place.
        if (!this.#handleShare(input, reserved) && input.nextCost !== undefined) continue;
        isHandled = true;
        reserved = 0;
        this.#deferred.delete(input);
        if (input.nextCost !== undefined) this.#deferred.add(input);
      }
    }
    this.#isHandlingDeferred = false;
    this.#spent = 0;
    this.#unflushed = 0;
    this.#extra.clear();
    if (this.#deferred.size > 0) this.#schedule();
  }

  /** @param reserved units that may be used even if the turn has handled its budget. @returns whether an item was handled. */
  #handleShare(input: DeferredInput, reserved: number): boolean {
    let used = 0;
    for (let units = input.nextCost; units !== undefined; units = input.nextCost) {
      const isFirstOfOldest = used === 0 && reserved > 0;
      if (!isFirstOfOldest && used + units > reserved) {
        const isBeyondShare = used > 0 && used + units > input.share;
        if (isBeyondShare || this.#spent + units > UNITS_PER_TURN) break;
      }
      const before = this.#spent;
      this.#spent += units;
      input.handleNext();
      used += this.#spent - before;
      this.#flushAfter(this.#spent - before);
    }
    return used > 0;
  }

  #flushAfter(units: number): void {
    this.#unflushed += units;
    if (this.#unflushed < UNITS_PER_FLUSH) return;
    this.#unflushed = 0;
    this.#flush();
  }
}
