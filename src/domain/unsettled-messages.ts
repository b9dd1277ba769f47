import { heldMessageBytes, type SignalMessage } from './message.ts';

/** Limits of what one link may have under way. */
export const MAX_UNSETTLED = 20_000;
export const MAX_UNSETTLED_BYTES = 64 * 1024 * 1024;

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

  get size(): number {
    return this.#entries.length - this.#first;
  }

  get isFull(): boolean {
    return this.size >= MAX_UNSETTLED || this.#bytes >= MAX_UNSETTLED_BYTES;
  }

  add(lane: Lane, index: number, message: SignalMessage): void {
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
}
