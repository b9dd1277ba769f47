import type { PeerId } from '../../../domain/ids.ts';
import type { MailboxBound, MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import { MailboxUsage } from './mailbox-usage.ts';

/** Maximum number of messages in one batch. */
export const MAX_BATCH_MESSAGES = 1_000;
const POSITIONS_PER_BATCH = 1_024;

/** Position of a message in the journal; later messages have higher positions. @param index in the batch. */
export function positionOf(revision: number, index: number): number {
  return revision * POSITIONS_PER_BATCH + index;
}

/** The batch of a message, by its revision, and the index of the message there. */
export function batchPositionOf(position: number): readonly [revision: number, index: number] {
  return [Math.floor(position / POSITIONS_PER_BATCH), position % POSITIONS_PER_BATCH];
}

/** A waiting message, as a node keeps it in memory. */
export interface PendingMessage {
  readonly position: number;
  /** Whether this node has put the message. */
  readonly isOwn: boolean;
  readonly from: PeerId;
  readonly kind: MessageKind;
  readonly proof: string | undefined;
  readonly at: Millis;
  readonly hasPayload: boolean;
  readonly bytes: number;
  /** Kept only if the addressee is connected to this node; other nodes fetch the payload when they need it. */
  readonly payload: Payload | undefined;
}

/** The ids and the size of a message. */
export interface MessageSize {
  readonly from: PeerId;
  readonly to: PeerId;
  readonly bytes: number;
}

/** M13: all waiting messages of a realm in the order of the journal, and the mailbox limits. */
export class PendingMessages {
  readonly #limits: MailboxLimits;
  readonly #mailboxes = new Map<PeerId, PendingMessage[]>();
  readonly #usage = new MailboxUsage();

  constructor(limits: MailboxLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#usage.bytes;
  }

  get mailboxCount(): number {
    return this.#mailboxes.size;
  }

  /**
   * @param unread messages of this node that are not read from the journal yet.
   * @param isConnected whether the addressee is connected; the send buffer is then the limit.
   * @returns the limit that forbids the message; undefined if there is room.
   */
  boundOf({ from, to, bytes }: MessageSize, unread: MailboxUsage, isConnected: boolean): MailboxBound | undefined {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, sendBufferBytes } = this.#limits;
    const usage = this.#usage;
    if (usage.bytes + unread.bytes + bytes > realmMailboxBytes) return 'realm';
    const [messages, used] = [usage.messagesFor(to) + unread.messagesFor(to), usage.bytesFor(to) + unread.bytesFor(to)];
    if (isConnected) return messages === 0 || used + bytes <= sendBufferBytes ? undefined : 'buffer';
    if (used + bytes > mailboxBytes) return 'bytes';
    if (messages >= mailboxMessages) return 'messages';
    if (usage.hasMessage(from, to) || unread.hasMessage(from, to)) return undefined;
    const onlyUnread = unread.recipientsOf(from).filter((id) => !usage.hasMessage(from, id));
    return usage.recipientCount(from) + onlyUnread.length < mailboxesPerSender ? undefined : 'sender';
  }

  add(to: PeerId, message: PendingMessage): void {
    const mailbox = this.#mailboxes.get(to) ?? [];
    this.#mailboxes.set(to, mailbox);
    mailbox.push(message);
    this.#usage.add(message.from, to, message.bytes);
  }

  /** The messages for an id, oldest first. */
  for(id: PeerId): readonly PendingMessage[] {
    return this.#mailboxes.get(id) ?? NO_MESSAGES;
  }

  /** Addressees of the waiting messages of `sender`. */
  recipientsOf(sender: PeerId): PeerId[] {
    return this.#usage.recipientsOf(sender);
  }

  /** Ids with waiting messages. */
  recipients(): IterableIterator<PeerId> {
    return this.#mailboxes.keys();
  }

  /** Removes the messages for an id up to a position. @returns the removed messages. */
  removeUpTo(id: PeerId, position: number): readonly PendingMessage[] {
    const mailbox = this.#mailboxes.get(id);
    if (mailbox === undefined) return NO_MESSAGES;
    const firstLater = mailbox.findIndex(({ position: at }) => at > position);
    const dropped = mailbox.splice(0, firstLater < 0 ? mailbox.length : firstLater);
    for (const { bytes, from } of dropped) this.#usage.remove(from, id, bytes);
    if (mailbox.length === 0) this.#mailboxes.delete(id);
    return dropped;
  }
}

const NO_MESSAGES: readonly PendingMessage[] = [];
