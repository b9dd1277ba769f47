/** Gets the body, or undefined where it was too big. */
export type BodyWish = (body: Uint8Array | undefined) => void;

/** What a transport reads of one request's body: into memory for who asks, past it otherwise. */
export class Body {
  readonly #pieces: Uint8Array[] = [];
  readonly #maxUnread: number;
  #maxBytes = 0;
  #bytes = 0;
  #then: BodyWish | undefined;

  /** @param maxUnread how many bytes are read past before it is `excessive`. */
  constructor(maxUnread: number) {
    this.#maxUnread = maxUnread;
  }

  wish(maxBytes: number, then: BodyWish): void {
    this.#maxBytes = maxBytes;
    this.#then = then;
  }

  /** Takes a copy of what is asked for. @returns `excessive`: whoever sends it is not worth being read on. */
  add(piece: Uint8Array): 'going on' | 'excessive' {
    this.#bytes += piece.length;
    if (this.#then === undefined) return this.#bytes > this.#maxUnread ? 'excessive' : 'going on';
    if (this.#bytes <= this.#maxBytes) {
      this.#pieces.push(Uint8Array.from(piece));
      return 'going on';
    }
    this.#give(undefined);
    return 'going on';
  }

  /** All of it is there. */
  end(): void {
    this.#give(this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces));
  }

  #give(body: Uint8Array | undefined): void {
    const then = this.#then;
    this.#then = undefined;
    this.#pieces.length = 0;
    // What is still to come of a body that is too big is read past, and counts from here.
    this.#bytes = 0;
    then?.(body);
  }
}
