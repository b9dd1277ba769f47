const FIRST_BYTES = 64;

/** W1: bytes that arrive in pieces. The memory doubles as they arrive, and never follows an announced size. */
export class GrowingBytes {
  #buffer: Uint8Array = new Uint8Array();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view that is valid until the next call. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#buffer.length;
  }

  /** @param most upper limit of the memory, at least the length with `bytes`. */
  append(bytes: Uint8Array, most: number): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(most, Math.max(length, FIRST_BYTES, 2 * this.#buffer.length)));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** The bytes, which stay unchanged; empties this object. */
  take(): Uint8Array {
    const taken = this.bytes;
    this.#buffer = new Uint8Array();
    this.#length = 0;
    return taken;
  }
}
