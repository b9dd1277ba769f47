/** Gets the body, or undefined where it was too big. */
export type BodyCallback = (body: Uint8Array | undefined) => void;

/** What a transport reads of one request's body: into memory for who asks, past it otherwise. */
export class BodyReader {
  readonly #chunks: Uint8Array[] = [];
  readonly #maxUnread: number;
  #maxBytes = 0;
  #bytes = 0;
  #callback: BodyCallback | undefined;

  /** @param maxUnread how many bytes are read past before it is `excessive`. */
  constructor(maxUnread: number) {
    this.#maxUnread = maxUnread;
  }

  read(maxBytes: number, then: BodyCallback): void {
    this.#maxBytes = maxBytes;
    this.#callback = then;
  }

  /** Takes a copy of what is asked for. @returns `excessive`: whoever sends it is not worth being read on. */
  add(piece: Uint8Array): 'going on' | 'excessive' {
    this.#bytes += piece.length;
    if (this.#callback === undefined) return this.#bytes > this.#maxUnread ? 'excessive' : 'going on';
    if (this.#bytes <= this.#maxBytes) {
      this.#chunks.push(Uint8Array.from(piece));
      return 'going on';
    }
    this.#finish(undefined);
    return 'going on';
  }

  /** All of it is there. */
  end(): void {
    this.#finish(this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks));
  }

  #finish(body: Uint8Array | undefined): void {
    const then = this.#callback;
    this.#callback = undefined;
    this.#chunks.length = 0;
    // What is still to come of a body that is too big is read past, and counts from here.
    this.#bytes = 0;
    then?.(body);
  }
}
