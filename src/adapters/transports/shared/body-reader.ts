/** Receives the body; undefined if it was too large. */
export type BodyCallback = (body: Uint8Array | undefined) => void;

/** Reads the body of one request: into memory if it is needed, otherwise it is discarded. */
export class BodyReader {
  readonly #chunks: Uint8Array[] = [];
  readonly #maxUnread: number;
  #maxBytes = 0;
  #bytes = 0;
  #callback: BodyCallback | undefined;

  /** @param maxUnread bytes that are discarded before the body is `excessive`. */
  constructor(maxUnread: number) {
    this.#maxUnread = maxUnread;
  }

  read(maxBytes: number, then: BodyCallback): void {
    this.#maxBytes = maxBytes;
    this.#callback = then;
  }

  /** Copies the chunk if the body is needed. @returns `excessive` if the connection should be closed instead of read on. */
  add(piece: Uint8Array): 'continue' | 'excessive' {
    this.#bytes += piece.length;
    if (this.#callback === undefined) return this.#bytes > this.#maxUnread ? 'excessive' : 'continue';
    if (this.#bytes <= this.#maxBytes) {
      this.#chunks.push(Uint8Array.from(piece));
      return 'continue';
    }
    this.#finish(undefined);
    return 'continue';
  }

  /** The body is complete. */
  end(): void {
    this.#finish(this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks));
  }

  #finish(body: Uint8Array | undefined): void {
    const then = this.#callback;
    this.#callback = undefined;
    this.#chunks.length = 0;
    // The rest of a body that is too large is discarded; its bytes are counted from here.
    this.#bytes = 0;
    then?.(body);
  }
}
