/** A frame in a queue. */
export interface QueuedFrame {
  readonly bytes: Uint8Array;
  readonly kind: FrameKind;
}

/** `control`: a ping or a pong, without its payload. */
export type FrameKind = 'text' | 'binary' | 'control';

const KINDS: readonly FrameKind[] = ['text', 'binary', 'control'];
const FIRST_BLOCK_BYTES = 1024;
const LARGEST_BLOCK_BYTES = 64 * 1024;

/** A part of the memory of a queue. */
interface Block {
  readonly bytes: Uint8Array;
  used: number;
}

/**
 * Copies of frames, the oldest first. Small frames share blocks of memory, because a client can send thousands of frames in one
 * turn, and an object for each would cost more than all other work for the frame.
 */
export class FrameQueue {
  /** M23: requests of an earlier frame wait, which is no longer in the queue. */
  hasUnfinishedFrame = false;
  /** B1: the size that was counted last. */
  countedBytes = 0;
  #controlFrames = 0;
  readonly #blocks: Block[] = [];
  readonly #sizes: number[] = [];
  readonly #kinds: number[] = [];
  /** Index of the oldest frame, and of its block. */
  #first = 0;
  #firstBlock = 0;
  /** Offset of the oldest frame in its block. */
  #offset = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.length === 0 && !this.hasUnfinishedFrame;
  }

  get length(): number {
    return this.#sizes.length - this.#first;
  }

  /** Number of pings and pongs. */
  get controlFrames(): number {
    return this.#controlFrames;
  }

  /** Of all frames, without overhead. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Size of the oldest frame; undefined if the queue is empty. */
  get nextBytes(): number | undefined {
    return this.#sizes[this.#first];
  }

  /** Adds a copy. */
  push(bytes: Uint8Array, kind: FrameKind): void {
    const { length } = bytes;
    const block = this.#blockFor(length);
    block.bytes.set(bytes, block.used);
    block.used += length;
    this.#sizes.push(length);
    this.#kinds.push(KINDS.indexOf(kind));
    if (kind === 'control') this.#controlFrames += 1;
    this.#bytes += length;
  }

  /** Removes the oldest frame. Its bytes stay valid. */
  shift(): QueuedFrame | undefined {
    const length = this.#sizes[this.#first];
    if (length === undefined) return undefined;
    const kind = KINDS[this.#kinds[this.#first] as number] as FrameKind;
    this.#first += 1;
    if (kind === 'control') this.#controlFrames -= 1;
    this.#bytes -= length;
    const block = this.#blockOfOldest(length);
    const bytes = block.bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return { bytes, kind };
  }

  /** The block of the oldest frame. Blocks before it are released. */
  #blockOfOldest(length: number): Block {
    let block = this.#blocks[this.#firstBlock] as Block;
    while (this.#offset + length > block.used) {
      this.#blocks[this.#firstBlock] = EMPTY;
      this.#firstBlock += 1;
      this.#offset = 0;
      block = this.#blocks[this.#firstBlock] as Block;
    }
    return block;
  }

  #blockFor(length: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    const size = last === undefined ? FIRST_BLOCK_BYTES : Math.min(2 * last.bytes.length, LARGEST_BLOCK_BYTES);
    // Not filled with zeros.
    const block = { bytes: Buffer.allocUnsafeSlow(Math.max(size, length)), used: 0 };
    this.#blocks.push(block);
    return block;
  }
}

const EMPTY: Block = { bytes: new Uint8Array(), used: 0 };
