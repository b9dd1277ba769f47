import type { PeerId } from './ids.ts';
import type { SignalMessage } from './message.ts';
import type { Millis } from './time.ts';

/** A held message, linked to the next older and the next newer one of the realm. */
export interface HeldMessage {
  readonly message: SignalMessage;
  readonly bytes: number;
  readonly arrivedAt: Millis;
  /** B2: client address of the sender. */
  readonly address: string | undefined;
  older: HeldMessage | undefined;
  newer: HeldMessage | undefined;
}

/** The held messages for one absent peer, in order of arrival. */
export class Mailbox {
  readonly messages: HeldMessage[] = [];
  bytes = 0;
  /** Number of messages by sender. */
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

  /** Removes the oldest message. @returns true if the mailbox has no other message from its sender. */
  removeOldest(): boolean {
    const oldest = this.messages.shift();
    return oldest !== undefined && this.#removed(oldest);
  }

  /** Removes a message of this mailbox. @returns true if the mailbox has no other message from its sender. */
  remove(held: HeldMessage): boolean {
    this.messages.splice(this.messages.lastIndexOf(held), 1);
    return this.#removed(held);
  }

  #removed({ bytes, message: { from } }: HeldMessage): boolean {
    this.bytes -= bytes;
    const left = (this.#bySender.get(from) ?? 1) - 1;
    if (left > 0) this.#bySender.set(from, left);
    else this.#bySender.delete(from);
    return left === 0;
  }
}
