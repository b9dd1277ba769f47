import { GrowingBytes } from '../shared/growing-bytes.ts';
import { variableNumberAt } from './fields.ts';

/** One packet of the stream. */
export interface RawPacket {
  /** Type and flags. */
  readonly header: number;
  /** A view on the frame, or on bytes that stay unchanged. */
  readonly body: Uint8Array;
}

const NOTHING: Uint8Array = new Uint8Array();
const LONGEST_HEADER = 5;

/** W1, MQ3: cuts the frames of a connection into packets, and keeps an incomplete packet. */
export class PacketStream {
  readonly #maxBytes: number;
  /** Frame that is being read. */
  #frame = NOTHING;
  #at = 0;
  /** Incomplete packet. */
  readonly #rest = new GrowingBytes();

  /** @param maxBytes M18: the largest packet with its header. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** W1. */
  get restBytes(): number {
    return this.#rest.size;
  }

  /** Whether the frame was read to its end. */
  get isAtEnd(): boolean {
    return this.#at >= this.#frame.length;
  }

  /** The packets of this frame follow from `next`. */
  begin(frame: Uint8Array): void {
    this.#frame = frame;
    this.#at = 0;
  }

  /**
   * @returns undefined at the end of the frame. `too-large`: a packet is larger than the limit. `malformed`: a length is invalid.
   * Nothing can be read after these two.
   */
  next(): RawPacket | 'too-large' | 'malformed' | undefined {
    return this.#rest.length > 0 ? this.#completeRest() : this.#fromFrame();
  }

  #fromFrame(): RawPacket | 'too-large' | 'malformed' | undefined {
    const size = this.#sizeOf(this.#frame, this.#at);
    if (typeof size === 'string') return size;
    if (size === undefined || this.#at + size.total > this.#frame.length) {
      this.#keep(this.#frame.length - this.#at, size?.total ?? LONGEST_HEADER);
      return undefined;
    }
    const start = this.#at;
    this.#at += size.total;
    return { header: this.#frame[start] ?? 0, body: this.#frame.subarray(start + size.head, this.#at) };
  }

  /** First the header, byte by byte, so that no byte of a packet that is too large is kept. */
  #completeRest(): RawPacket | 'too-large' | 'malformed' | undefined {
    let size = this.#sizeOf(this.#rest.bytes, 0);
    while (size === undefined) {
      if (this.#at >= this.#frame.length) return undefined;
      this.#keep(1, LONGEST_HEADER);
      size = this.#sizeOf(this.#rest.bytes, 0);
    }
    if (typeof size === 'string') return size;
    this.#keep(Math.min(size.total - this.#rest.length, this.#frame.length - this.#at), size.total);
    if (this.#rest.length < size.total) return undefined;
    const bytes = this.#rest.take();
    return { header: bytes[0] ?? 0, body: bytes.subarray(size.head) };
  }

  /** Moves bytes of the frame to the rest. */
  #keep(count: number, total: number): void {
    if (count <= 0) return;
    this.#rest.append(this.#frame.subarray(this.#at, this.#at + count), Math.max(total, this.#rest.length + count));
    this.#at += count;
  }

  #sizeOf(bytes: Uint8Array, start: number): PacketSize | 'too-large' | 'malformed' | undefined {
    const length = start + 1 < bytes.length ? variableNumberAt(bytes, start + 1) : undefined;
    if (length === undefined || length === 'malformed') return length;
    const head = 1 + length.size;
    const total = head + length.value;
    return total > this.#maxBytes ? 'too-large' : { head, total };
  }
}

/** Bytes of a packet. */
interface PacketSize {
  /** Of type, flags and length. */
  readonly head: number;
  readonly total: number;
}
