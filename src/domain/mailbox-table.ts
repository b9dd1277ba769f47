import type { Expired } from './decision.ts';
import type { PeerId } from './ids.ts';
import { Mailbox, type HeldMessage } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { copyMessage, needsDelivery, heldMessageBytes, type SignalMessage } from './message.ts';
import { NEVER, type Millis } from './time.ts';

/** M13, M14: how much may wait, and for how long. */
export interface MailboxLimits {
  /** Messages for one absent peer. */
  readonly mailboxMessages: number;
  /** Bytes for one absent peer. */
  readonly mailboxBytes: number;
  /** Bytes in all mailboxes of the realm together. */
  readonly realmMailboxBytes: number;
  /** Absent peers that one sender has messages waiting for. */
  readonly mailboxesPerSender: number;
  /** Bytes for one peer that is connected to another node of the cluster, and is about to collect them. */
  readonly sendBufferBytes: number;
  /** How long a message waits. */
  readonly expireTimeout: Millis;
}

/** How a message came. */
export interface HoldOptions {
  /** Whether the addressee is connected. */
  readonly isConnected?: boolean;
  /** B2: the address that has sent it; undefined where it is not counted. */
  readonly address?: string | undefined;
}

/** All mailboxes of one realm, under its bounds. */
export class MailboxTable {
  readonly #limits: MailboxLimits;
  readonly #memory: MemoryBudget | undefined;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #mailboxCountBySender = new Map<PeerId, number>();
  #bytes = 0;
  #oldest: HeldMessage | undefined = undefined;
  #newest: HeldMessage | undefined = undefined;

  /** @param memory B1, B2: where the messages are counted for the addresses that have sent them. */
  constructor(limits: MailboxLimits, memory?: MemoryBudget) {
    this.#limits = limits;
    this.#memory = memory;
  }

  /** What waits, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** For how many absent peers something waits. */
  get mailboxCount(): number {
    return this.#mailboxes.size;
  }

  /** M13, B2: keeps a copy, unless a bound is hit. @returns whether it is kept. */
  put(message: SignalMessage, now: Millis, { isConnected = false, address }: HoldOptions = {}): boolean {
    const bytes = heldMessageBytes(message);
    const mailbox = this.#mailboxes.get(message.to);
    const hasRoom = isConnected ? this.#hasRoomForConnected(mailbox, bytes) : this.#hasRoom(message.from, mailbox, bytes);
    if (!hasRoom) return false;
    const isScarce = this.#bytes + bytes > this.#limits.realmMailboxBytes / 2;
    if (address !== undefined && this.#memory?.reserveMail(address, bytes, isScarce) === false) return false;

    const target = mailbox ?? this.#open(message.to);
    if (!target.hasMessagesFrom(message.from))
      {this.#mailboxCountBySender.set(message.from, (this.#mailboxCountBySender.get(message.from) ?? 0) + 1);}
    const held: HeldMessage = {
      message: copyMessage(message),
      bytes,
      arrivedAt: now,
      address,
      older: this.#newest,
      newer: undefined,
    };
    if (this.#newest === undefined) this.#oldest = held;
    else this.#newest.newer = held;
    this.#newest = held;
    target.add(held);
    this.#bytes += bytes;
    return true;
  }

  /** O11: everything that waits for `id`, in the order it came; nothing waits for it any more. */
  take(id: PeerId): SignalMessage[] {
    const mailbox = this.#mailboxes.get(id);
    if (mailbox === undefined) return [];
    this.#mailboxes.delete(id);
    for (const sender of mailbox.senders()) this.#decrementMailboxCount(sender);
    this.#bytes -= mailbox.bytes;
    return mailbox.messages.map((held) => {
      this.#unlink(held);
      return held.message;
    });
  }

  /** Those that something of `sender` waits for. Costs what there are mailboxes. */
  recipientsOf(sender: PeerId): PeerId[] {
    if (!this.#mailboxCountBySender.has(sender)) return [];
    const ids: PeerId[] = [];
    for (const [id, mailbox] of this.#mailboxes) if (mailbox.hasMessagesFrom(sender)) ids.push(id as PeerId);
    return ids;
  }

  /** Some of those that something waits for. */
  recipients(max: number): PeerId[] {
    const ids: PeerId[] = [];
    for (const id of this.#mailboxes.keys()) if (ids.push(id as PeerId) === max) break;
    return ids;
  }

  /**
   * M14, M15: drops what has waited for `expireTimeout`, oldest first. Costs what it drops.
   * @returns each pair of sender and absent peer once, however many messages it had. Two owners of an id are two senders.
   */
  expire(now: Millis): Expired[] {
    const seen = new Map<string, Set<PeerId>>();
    const expired: Expired[] = [];
    for (let held = this.#oldest; held !== undefined && this.#isDue(held, now); held = this.#oldest) {
      const { kind, from, to, owner } = held.message;
      this.#remove(held);
      if (!needsDelivery(kind)) continue;
      const sender = `${owner?.proof ?? ''} ${from}`;
      const recipients = seen.get(sender) ?? new Set<PeerId>();
      seen.set(sender, recipients);
      if (recipients.has(to)) continue;
      recipients.add(to);
      expired.push({ from, to, owner });
    }
    return expired;
  }

  /** When the oldest message has waited long enough. */
  nextDeadline(): Millis {
    return this.#oldest === undefined ? NEVER : this.#oldest.arrivedAt + this.#limits.expireTimeout;
  }

  #isDue(held: HeldMessage, now: Millis): boolean {
    return now - held.arrivedAt >= this.#limits.expireTimeout;
  }

  #hasRoom(sender: PeerId, mailbox: Mailbox | undefined, bytes: number): boolean {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender } = this.#limits;
    if (this.#bytes + bytes > realmMailboxBytes) return false;
    if ((mailbox?.bytes ?? 0) + bytes > mailboxBytes) return false;
    if ((mailbox?.messages.length ?? 0) >= mailboxMessages) return false;
    return mailbox?.hasMessagesFrom(sender) === true || (this.#mailboxCountBySender.get(sender) ?? 0) < mailboxesPerSender;
  }

  /** For a peer that is connected: what waits for it is on its way. */
  #hasRoomForConnected(mailbox: Mailbox | undefined, bytes: number): boolean {
    const { realmMailboxBytes, sendBufferBytes } = this.#limits;
    if (this.#bytes + bytes > realmMailboxBytes) return false;
    return mailbox === undefined || mailbox.bytes + bytes <= sendBufferBytes;
  }

  #open(id: PeerId): Mailbox {
    const mailbox = new Mailbox();
    this.#mailboxes.set(id, mailbox);
    return mailbox;
  }

  /** The oldest of all is the oldest of its mailbox too: every message waits equally long. */
  #remove(held: HeldMessage): void {
    const { from, to } = held.message;
    const mailbox = this.#mailboxes.get(to);
    if (mailbox?.removeOldest() === true) this.#decrementMailboxCount(from);
    if (mailbox?.messages.length === 0) this.#mailboxes.delete(to);
    this.#bytes -= held.bytes;
    this.#unlink(held);
  }

  #decrementMailboxCount(sender: PeerId): void {
    const left = (this.#mailboxCountBySender.get(sender) ?? 1) - 1;
    if (left > 0) this.#mailboxCountBySender.set(sender, left);
    else this.#mailboxCountBySender.delete(sender);
  }

  #unlink(held: HeldMessage): void {
    if (held.address !== undefined) this.#memory?.releaseMail(held.address, held.bytes);
    if (held.older === undefined) this.#oldest = held.newer;
    else held.older.newer = held.newer;
    if (held.newer === undefined) this.#newest = held.older;
    else held.newer.older = held.older;
    held.older = undefined;
    held.newer = undefined;
  }
}
