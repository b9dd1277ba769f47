import type { ReusedBytes } from '../../../domain/reused-bytes.ts';

const FIRST_BYTES = 4 * 1024;

/** Bytes that arrive in parts. The memory doubles as they arrive, so that an announced length alone costs nothing. */
export class GrowingBytes {
  readonly #source: ReusedBytes;
  #memory: Uint8Array = new Uint8Array();
  #length = 0;

  constructor(source: ReusedBytes) {
    this.#source = source;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes of memory in use. */
  get capacity(): number {
    return this.#memory.length;
  }

  /** All bytes. Valid until the next `append`. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** Adds a copy. @param expected bytes that will arrive, these included; more may follow. `Infinity` if unknown. */
  append(part: Uint8Array, expected: number): void {
    const needed = this.#length + part.length;
    if (needed > this.#memory.length) this.#grow(needed, this.#length + expected);
    this.#memory.set(part, this.#length);
    this.#length = needed;
  }

  /** The bytes are used no longer. */
  release(): void {
    this.#source.release(this.#memory);
    this.#memory = new Uint8Array();
    this.#length = 0;
  }

  #grow(needed: number, expected: number): void {
    const size = Math.max(needed, Math.min(Math.max(expected, needed), Math.max(FIRST_BYTES, 2 * needed)));
    const memory = this.#source.take(size);
    memory.set(this.bytes);
    this.#source.release(this.#memory);
    this.#memory = memory;
  }
}
