/** A frame that the network does not accept at once keeps its block alive: as much as the pool of `Buffer` would. */
const BLOCK_BYTES = 8 * 1024;

/** A larger frame gets memory of its own. */
const MAX_FRAME_BYTES = BLOCK_BYTES / 2;

const MAX_BLOCKS = 128;

/** Views are aligned, which copies fast. */
const ALIGNMENT = 8;

/**
 * Memory for the frames of one event-loop turn, which the next turn uses again: the network accepts almost every frame within its
 * write. New memory for each frame would cause a full garbage collection after each 64 MB.
 */
export class FrameMemory {
  readonly #blocks: Buffer[] = [];
  #block = 0;
  #used = 0;

  /** @returns memory until `reuse`, or for longer after `keep`. Its content is undefined. */
  take(bytes: number): Buffer {
    if (bytes > MAX_FRAME_BYTES) return Buffer.allocUnsafe(bytes);
    if (this.#used + bytes > BLOCK_BYTES) {
      this.#block += 1;
      this.#used = 0;
    }
    if (this.#block >= MAX_BLOCKS) return Buffer.allocUnsafe(bytes);
    const block = (this.#blocks[this.#block] ??= Buffer.allocUnsafeSlow(BLOCK_BYTES));
    const from = this.#used;
    this.#used = (from + bytes + ALIGNMENT - 1) & -ALIGNMENT;
    return block.subarray(from, from + bytes);
  }

  /** The network needs the bytes for longer than this turn. Memory from elsewhere is ignored. */
  keep({ buffer }: Uint8Array): void {
    const at = this.#blocks.findIndex((block) => block.buffer === buffer);
    if (at >= 0) this.#blocks[at] = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** All frames of the turn were written. */
  reuse(): void {
    this.#block = 0;
    this.#used = 0;
  }
}
