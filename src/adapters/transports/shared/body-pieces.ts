/** Pieces of bodies in one turn of the event loop. Each takes about two microseconds. */
const MAX_PIECES_PER_TURN = 2_048;
/** Any body may have as many in any case. */
const PIECES_PER_BODY = 64;
/** Turns with fewer pieces need no end. */
const SCHEDULED_AFTER = 1_024;

/**
 * M23: bounds the pieces of bodies that one turn of the event loop handles. A client can send thousands of chunks of one byte
 * in one packet, and no library can stop within a packet.
 */
export class BodyPieces {
  readonly #nextTurn: (then: () => void) => void;
  #turn = 0;
  #pieces = 0;
  #isScheduled = false;

  /** @param nextTurn calls back after the current turn of the event loop. */
  constructor(nextTurn: (then: () => void) => void = setImmediate) {
    this.#nextTurn = nextTurn;
  }

  /** Changes when a turn with many pieces has ended. */
  get turn(): number {
    return this.#turn;
  }

  /** @param own pieces of the same body in this turn. @returns false if the body has too many. */
  admits(own: number): boolean {
    this.#pieces += 1;
    if (this.#pieces === SCHEDULED_AFTER) this.#schedule();
    return own <= PIECES_PER_BODY || this.#pieces <= MAX_PIECES_PER_TURN;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#nextTurn(() => {
      this.#isScheduled = false;
      this.#turn += 1;
      this.#pieces = 0;
    });
  }
}
