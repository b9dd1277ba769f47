import { invariant } from './invariant.ts';

/** A smaller copy gets memory of its own, which V8 frees soon and cheaply. */
const SMALLEST_BLOCK_BYTES = 64 * 1024;

/** Free memory that is kept. More is left to the garbage collector. */
const MAX_FREE_BYTES = 4 * 1024 * 1024;

/** Sizes of blocks between two powers of two: a block is at most an eighth larger than its bytes. */
const SIZES_PER_DOUBLING = 8;

/**
 * Memory for large byte arrays that is used again after its release. V8 does not count such memory as garbage until 64 MiB of
 * it wait, so that clients could make the process hold many times the bytes of the memory budget (B1).
 */
export class ReusedBytes {
  /** By size. */
  readonly #free = new Map<number, ArrayBuffer[]>();
  #freeBytes = 0;

  /** The memory that `take` and `copy` use. */
  static sizeFor(length: number): number {
    return length < SMALLEST_BLOCK_BYTES ? length : blockSize(length);
  }

  /** Memory of at least `length` bytes, with any content. */
  take(length: number): Uint8Array {
    if (length < SMALLEST_BLOCK_BYTES) return new Uint8Array(length);
    const size = blockSize(length);
    const block = this.#free.get(size)?.pop();
    if (block === undefined) return new Uint8Array(size);
    this.#freeBytes -= size;
    return new Uint8Array(block);
  }

  copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length < SMALLEST_BLOCK_BYTES) return new Uint8Array(bytes);
    const copy = this.take(bytes.length).subarray(0, bytes.length);
    copy.set(bytes);
    return copy;
  }

  /** The result of `take` or `copy`, or its beginning, is used no longer by any code. Other bytes are ignored. */
  release(bytes: Uint8Array): void {
    const { buffer, byteOffset } = bytes;
    const size = buffer.byteLength;
    if (!(buffer instanceof ArrayBuffer) || byteOffset > 0 || size < SMALLEST_BLOCK_BYTES || size !== blockSize(size)) return;
    const free = this.#free.get(size);
    invariant(free?.includes(buffer) !== true, 'memory is released once');
    if (this.#freeBytes + size > MAX_FREE_BYTES) return;
    this.#freeBytes += size;
    if (free === undefined) this.#free.set(size, [buffer]);
    else free.push(buffer);
  }
}

/** Rounded up to one of the sizes of blocks. */
function blockSize(length: number): number {
  const step = 2 ** Math.floor(Math.log2(length)) / SIZES_PER_DOUBLING;
  return step * Math.ceil(length / step);
}
