import type { PeerId } from './ids.ts';
import type { SignalMessage } from './message.ts';
import type { Millis } from './time.ts';

/** One message that waits, and its place among all that wait in the realm. */
export interface HeldMessage {
  readonly message: SignalMessage;
  readonly bytes: number;
  readonly arrivedAt: Millis;
  /** B2: the address that has sent it. */
  readonly address: string | undefined;
  older: HeldMessage | undefined;
  newer: HeldMessage | undefined;
}

/** The messages for one absent peer, in the order they came. */
export class Mailbox {
  readonly messages: HeldMessage[] = [];
  bytes = 0;
  /** How many messages of each sender wait here. */
  readonly #bySender = new Map<PeerId, number>();

  hasMessagesFrom(sender: PeerId): boolean {
    return this.#bySender.has(sender);
  }

  senders(): IterableIterator<PeerId> {
    return this.#bySender.keys();
  }

  add(held: HeldMessage): void {
    this.messages.push(held);
    this.bytes += held.bytes;
    const { from } = held.message;
    this.#bySender.set(from, (this.#bySender.get(from) ?? 0) + 1);
  }

  /** Takes the oldest out. @returns whether its sender has nothing else here. */
  removeOldest(): boolean {
    const oldest = this.messages.shift();
    if (oldest === undefined) return false;
    this.bytes -= oldest.bytes;
    const { from } = oldest.message;
    const left = (this.#bySender.get(from) ?? 1) - 1;
    if (left > 0) this.#bySender.set(from, left);
    else this.#bySender.delete(from);
    return left === 0;
  }
}
