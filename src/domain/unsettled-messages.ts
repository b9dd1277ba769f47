import { heldMessageBytes, type Payload, type SignalMessage } from './message.ts';

/** Limits of what one link may have under way. */
export const MAX_UNSETTLED = 20_000;
export const MAX_UNSETTLED_BYTES = 64 * 1024 * 1024;

/** Payloads are copied into chunks of this size, because a buffer for each of them costs more than its bytes. */
const CHUNK_BYTES = 64 * 1024;
/** A larger payload has a buffer of its own. */
const LARGE_BYTES = 8 * 1024;

interface Entry<Lane> {
  readonly lane: Lane;
  /** Position among the messages of the lane, from 1. */
  readonly index: number;
  readonly message: SignalMessage;
}

/** The messages that were sent over a link, and that its receiver has not reported as received. In the order of sending. */
export class UnsettledMessages<Lane> {
  #entries: Entry<Lane>[] = [];
  /** Position of the first entry that is not settled. */
  #first = 0;
  #settled = 0;
  #bytes = 0;
  #chunk = new Uint8Array(0);
  /** Used bytes of the chunk. */
  #used = 0;

  get size(): number {
    return this.#entries.length - this.#first;
  }

  get isFull(): boolean {
    return this.size >= MAX_UNSETTLED || this.#bytes >= MAX_UNSETTLED_BYTES;
  }

  /** Keeps a copy. */
  add(lane: Lane, index: number, { kind, from, to, payload, owner }: SignalMessage): void {
    const message = { kind, from, to, payload: payload && this.#copy(payload), owner };
    this.#entries.push({ lane, index, message });
    this.#bytes += heldMessageBytes(message);
  }

  /** @param count of all messages of the link that were received. */
  settle(count: number): void {
    const end = Math.min(this.#entries.length, this.#first + Math.max(0, count - this.#settled));
    for (; this.#first < end; this.#first++) {
      const entry = this.#entries[this.#first];
      if (entry !== undefined) this.#bytes -= heldMessageBytes(entry.message);
      this.#settled += 1;
    }
    if (this.#first < this.#entries.length / 2) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }

  /** The messages of a lane after the first `delivered` ones. They stay until they are settled. */
  undelivered(lane: Lane, delivered: number): SignalMessage[] {
    const messages: SignalMessage[] = [];
    for (let at = this.#first; at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry?.lane === lane && entry.index > delivered) messages.push(entry.message);
    }
    return messages;
  }

  /** All messages with their lanes. */
  *all(): Generator<readonly [Lane, SignalMessage]> {
    for (let at = this.#first; at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry !== undefined) yield [entry.lane, entry.message];
    }
  }

  #copy(payload: Payload): Payload {
    const { length } = payload;
    if (length > LARGE_BYTES) return new Uint8Array(payload);
    if (length > this.#chunk.length - this.#used) {
      this.#chunk = new Uint8Array(CHUNK_BYTES);
      this.#used = 0;
    }
    const copy = this.#chunk.subarray(this.#used, this.#used + length);
    copy.set(payload);
    this.#used += length;
    return copy;
  }
}
