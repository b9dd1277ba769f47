import type { PeerId } from '../../../domain/ids.ts';

/** M13: messages and bytes in mailboxes. */
export class MailboxUsage {
  readonly #mailboxes = new Map<PeerId, { messages: number; bytes: number }>();
  /** For each sender, the number of messages for each addressee. */
  readonly #countsBySender = new Map<PeerId, Map<PeerId, number>>();
  #bytes = 0;

  /** In all mailboxes. */
  get bytes(): number {
    return this.#bytes;
  }

  messagesFor(id: PeerId): number {
    return this.#mailboxes.get(id)?.messages ?? 0;
  }

  bytesFor(id: PeerId): number {
    return this.#mailboxes.get(id)?.bytes ?? 0;
  }

  /** Addressees of the messages of `sender`. */
  recipientsOf(sender: PeerId): PeerId[] {
    return [...(this.#countsBySender.get(sender)?.keys() ?? [])];
  }

  /** Number of addressees of the messages of `sender`. */
  recipientCount(sender: PeerId): number {
    return this.#countsBySender.get(sender)?.size ?? 0;
  }

  hasMessage(from: PeerId, to: PeerId): boolean {
    return this.#countsBySender.get(from)?.has(to) === true;
  }

  add(from: PeerId, to: PeerId, bytes: number): void {
    this.#bytes += bytes;
    const mailbox = this.#mailboxes.get(to) ?? { messages: 0, bytes: 0 };
    this.#mailboxes.set(to, mailbox);
    mailbox.messages += 1;
    mailbox.bytes += bytes;
    const counts = this.#countsBySender.get(from) ?? new Map<PeerId, number>();
    this.#countsBySender.set(from, counts);
    counts.set(to, (counts.get(to) ?? 0) + 1);
  }

  /** Removes a message that was added before. */
  remove(from: PeerId, to: PeerId, bytes: number): void {
    this.#bytes -= bytes;
    const mailbox = this.#mailboxes.get(to);
    if (mailbox !== undefined) {
      mailbox.messages -= 1;
      mailbox.bytes -= bytes;
      if (mailbox.messages === 0) this.#mailboxes.delete(to);
    }
    const counts = this.#countsBySender.get(from);
    const left = (counts?.get(to) ?? 0) - 1;
    if (left > 0) counts?.set(to, left);
    else counts?.delete(to);
    if (counts?.size === 0) this.#countsBySender.delete(from);
  }
}
