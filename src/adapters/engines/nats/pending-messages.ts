import type { PeerId } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';

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

interface Mailbox {
  readonly messages: PendingMessage[];
  bytes: number;
}

/** M13: all waiting messages of a realm in the order of the journal, and the mailbox limits. */
export class PendingMessages {
  readonly #limits: MailboxLimits;
  readonly #mailboxes = new Map<PeerId, Mailbox>();
  /** For each sender, the number of waiting messages for each addressee. */
  readonly #countsBySender = new Map<PeerId, Map<PeerId, number>>();
  #bytes = 0;

  constructor(limits: MailboxLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get mailboxCount(): number {
    return this.#mailboxes.size;
  }

  /** @param isConnected whether the addressee is connected; the send buffer is then the limit. */
  hasRoom(to: PeerId, from: PeerId, bytes: number, isConnected: boolean): boolean {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, sendBufferBytes } = this.#limits;
    const mailbox = this.#mailboxes.get(to);
    if (this.#bytes + bytes > realmMailboxBytes) return false;
    if (isConnected) return mailbox === undefined || mailbox.bytes + bytes <= sendBufferBytes;
    if ((mailbox?.bytes ?? 0) + bytes > mailboxBytes || (mailbox?.messages.length ?? 0) >= mailboxMessages) return false;
    const counts = this.#countsBySender.get(from);
    return counts === undefined || counts.has(to) || counts.size < mailboxesPerSender;
  }

  add(to: PeerId, message: PendingMessage): void {
    const mailbox = this.#mailboxes.get(to) ?? { messages: [], bytes: 0 };
    this.#mailboxes.set(to, mailbox);
    mailbox.messages.push(message);
    mailbox.bytes += message.bytes;
    this.#bytes += message.bytes;
    const counts = this.#countsBySender.get(message.from) ?? new Map<PeerId, number>();
    this.#countsBySender.set(message.from, counts);
    counts.set(to, (counts.get(to) ?? 0) + 1);
  }

  /** The messages for an id, oldest first. */
  for(id: PeerId): readonly PendingMessage[] {
    return this.#mailboxes.get(id)?.messages ?? [];
  }

  /** Addressees of the waiting messages of `sender`. */
  recipientsOf(sender: PeerId): PeerId[] {
    return [...(this.#countsBySender.get(sender)?.keys() ?? [])];
  }

  /** Ids with waiting messages. */
  recipients(): IterableIterator<PeerId> {
    return this.#mailboxes.keys();
  }

  /** Removes the messages for an id up to a position. @returns the removed messages. */
  removeUpTo(id: PeerId, position: number): readonly PendingMessage[] {
    const mailbox = this.#mailboxes.get(id);
    if (mailbox === undefined) return [];
    const firstLater = mailbox.messages.findIndex(({ position: at }) => at > position);
    const dropped = mailbox.messages.splice(0, firstLater < 0 ? mailbox.messages.length : firstLater);
    for (const { bytes, from } of dropped) {
      mailbox.bytes -= bytes;
      this.#bytes -= bytes;
      this.#decrement(from, id);
    }
    if (mailbox.messages.length === 0) this.#mailboxes.delete(id);
    return dropped;
  }

  #decrement(from: PeerId, to: PeerId): void {
    const counts = this.#countsBySender.get(from);
    const left = (counts?.get(to) ?? 0) - 1;
    if (left > 0) counts?.set(to, left);
    else counts?.delete(to);
    if (counts?.size === 0) this.#countsBySender.delete(from);
  }
}
