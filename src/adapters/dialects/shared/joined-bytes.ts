/** Smaller frames get memory of their own. */
const SMALLEST_REUSED_BYTES = 64 * 1024;

/**
 * Joins the parts of frames. Large frames share one memory, because V8 would free the memory of each one late. The memory keeps
 * the size of the largest frame.
 */
export class JoinedBytes {
  #memory = Buffer.alloc(0);

  /** @returns bytes that are borrowed until the next call. */
  join(parts: readonly Uint8Array[]): Buffer {
    let length = 0;
    for (const part of parts) length += part.length;
    if (length < SMALLEST_REUSED_BYTES) return Buffer.concat(parts, length);
    if (length > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const part of parts) {
      this.#memory.set(part, at);
      at += part.length;
    }
    return this.#memory.subarray(0, length);
  }
}
