import type { Expired } from './decision.ts';
import type { PeerId } from './ids.ts';
import { Mailbox, type HeldMessage } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { copyMessage, heldMessageBytes, needsDelivery, type SignalMessage } from './message.ts';
import { NEVER, type Millis } from './time.ts';

/** M13, M14: limits of held messages. */
export interface MailboxLimits {
  /** Messages in one mailbox. */
  readonly mailboxMessages: number;
  /** Bytes in one mailbox. */
  readonly mailboxBytes: number;
  /** Bytes in all mailboxes of the realm. */
  readonly realmMailboxBytes: number;
  /** Mailboxes that hold messages from one sender. */
  readonly mailboxesPerSender: number;
  /** Bytes for one peer that is connected to another node of the cluster, which is about to fetch them. */
  readonly sendBufferBytes: number;
  /** Time until a held message expires. */
  readonly expireTimeout: Millis;
}

/**
 * The limits of M13: messages and bytes of a mailbox, bytes of the realm, mailboxes of a sender, bytes for a connected peer, and
 * memory of a client address (B2).
 */
export const MAILBOX_BOUNDS = ['messages', 'bytes', 'realm', 'sender', 'buffer', 'address'] as const;

export type MailboxBound = (typeof MAILBOX_BOUNDS)[number];

/** The recipients of each sender. */
interface ReportedPairs {
  readonly now: Millis;
  readonly pairs: Map<string, Set<PeerId>>;
}

/** Circumstances of a message. */
export interface HoldOptions {
  /** Whether the recipient is connected. */
  readonly isConnected?: boolean;
  /** B2: client address of the sender; undefined if no memory is counted. */
  readonly address?: string | undefined;
  /** The message is a copy that never changes, so the table keeps it as it is. */
  readonly isCopied?: boolean;
}

/** All mailboxes of one realm, within its limits. */
export class MailboxTable {
  readonly #limits: MailboxLimits;
  readonly #memory: MemoryBudget | undefined;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #mailboxCountBySender = new Map<PeerId, number>();
  #bytes = 0;
  #messageCount = 0;
  /** M15: the pairs that the unfinished expiry has reported, and its time. */
  #reported: ReportedPairs | undefined = undefined;
  #oldest: HeldMessage | undefined = undefined;
  #newest: HeldMessage | undefined = undefined;

  /** @param memory B1, B2: counts held messages for the client addresses of their senders. */
  constructor(limits: MailboxLimits, memory?: MemoryBudget) {
    this.#limits = limits;
    this.#memory = memory;
  }

  /** Size of all held messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of peers with held messages. */
  get mailboxCount(): number {
    return this.#mailboxes.size;
  }

  /** Number of all held messages. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** M13, B2: holds a copy of the message. @returns the limit that forbids it; undefined if the message is held. */
  put(
    message: SignalMessage,
    now: Millis,
    { isConnected = false, address, isCopied = false }: HoldOptions = {},
  ): MailboxBound | undefined {
    const bytes = heldMessageBytes(message);
    const mailbox = this.#mailboxes.get(message.to);
    const exceeded = isConnected ? this.#boundForConnected(mailbox, bytes) : this.#bound(message.from, mailbox, bytes);
    if (exceeded !== undefined) return exceeded;
    const isScarce = this.#bytes + bytes > this.#limits.realmMailboxBytes / 2;
    if (address !== undefined && this.#memory?.reserveMail(address, bytes, isScarce) === false) return 'address';

    const target = mailbox ?? this.#open(message.to);
    if (!target.hasMessagesFrom(message.from)) {
      this.#mailboxCountBySender.set(message.from, (this.#mailboxCountBySender.get(message.from) ?? 0) + 1);
    }
    const held: HeldMessage = {
      message: isCopied ? message : copyMessage(message),
      bytes,
      arrivedAt: now,
      address,
      older: this.#newest,
      newer: undefined,
    };
    if (this.#newest === undefined) this.#oldest = held;
    else this.#newest.newer = held;
    this.#newest = held;
    this.#messageCount += 1;
    target.add(held);
    this.#bytes += bytes;
    return undefined;
  }

  /**
   * O11: removes and returns all messages for `id`, in order of arrival.
   * @param waits receives how long each of them was held until `now`.
   */
  take(id: PeerId, now: Millis = 0, waits: Millis[] = []): SignalMessage[] {
    const mailbox = this.#mailboxes.get(id);
    if (mailbox === undefined) return [];
    this.#mailboxes.delete(id);
    for (const sender of mailbox.senders()) this.#decrementMailboxCount(sender);
    this.#bytes -= mailbox.bytes;
    return mailbox.messages.map((held) => {
      this.#unlink(held);
      waits.push(now - held.arrivedAt);
      return held.message;
    });
  }

  /**
   * M24: removes one message that could not be stored. The cost is proportional to the size of its mailbox.
   * @param message the copy that was put.
   * @returns false if it is not held any more.
   */
  withdraw(message: SignalMessage): boolean {
    const mailbox = this.#mailboxes.get(message.to);
    const held = mailbox?.messages.findLast((one) => one.message === message);
    if (mailbox === undefined || held === undefined) return false;
    if (mailbox.remove(held)) this.#decrementMailboxCount(message.from);
    this.#removed(held, mailbox);
    return true;
  }

  /** The recipients of held messages from `sender`. The cost is proportional to the number of mailboxes. */
  recipientsOf(sender: PeerId): PeerId[] {
    if (!this.#mailboxCountBySender.has(sender)) return [];
    const ids: PeerId[] = [];
    for (const [id, mailbox] of this.#mailboxes) if (mailbox.hasMessagesFrom(sender)) ids.push(id as PeerId);
    return ids;
  }

  /** The messages that wait for an id. */
  sizeOf(id: PeerId): { readonly messages: number; readonly bytes: number } {
    const mailbox = this.#mailboxes.get(id);
    return { messages: mailbox?.messages.length ?? 0, bytes: mailbox?.bytes ?? 0 };
  }

  /** At most `max` peers with held messages. */
  recipients(max: number): PeerId[] {
    const ids: PeerId[] = [];
    for (const id of this.#mailboxes.keys()) if (ids.push(id as PeerId) === max) break;
    return ids;
  }

  /**
   * M14, M15: removes messages older than `expireTimeout`, the oldest first. The cost is proportional to their number.
   * @param max M23: messages of this call. If more are due, another call with the same `now` continues.
   * @returns each pair of sender and recipient once, also over several calls. Two owners of the same id are two senders.
   */
  expire(now: Millis, max = Number.POSITIVE_INFINITY): Expired[] {
    const { pairs } = (this.#reported =
      this.#reported?.now === now ? this.#reported : { now, pairs: new Map<string, Set<PeerId>>() });
    const expired: Expired[] = [];
    let held = this.#oldest;
    for (let left = max; left > 0 && held !== undefined && this.#isDue(held, now); left--, held = this.#oldest) {
      const { kind, from, to, owner } = held.message;
      this.#remove(held);
      if (!needsDelivery(kind)) continue;
      const sender = `${owner?.proof ?? ''} ${from}`;
      const recipients = pairs.get(sender) ?? new Set<PeerId>();
      pairs.set(sender, recipients);
      if (recipients.has(to)) continue;
      recipients.add(to);
      expired.push({ from, to, owner });
    }
    if (held === undefined || !this.#isDue(held, now)) this.#reported = undefined;
    return expired;
  }

  /** When the oldest message expires. */
  nextDeadline(): Millis {
    return this.#oldest === undefined ? NEVER : this.#oldest.arrivedAt + this.#limits.expireTimeout;
  }

  #isDue(held: HeldMessage, now: Millis): boolean {
    return now - held.arrivedAt >= this.#limits.expireTimeout;
  }

  #bound(sender: PeerId, mailbox: Mailbox | undefined, bytes: number): MailboxBound | undefined {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender } = this.#limits;
    if (this.#bytes + bytes > realmMailboxBytes) return 'realm';
    if ((mailbox?.bytes ?? 0) + bytes > mailboxBytes) return 'bytes';
    if ((mailbox?.messages.length ?? 0) >= mailboxMessages) return 'messages';
    if (mailbox?.hasMessagesFrom(sender) === true) return undefined;
    return (this.#mailboxCountBySender.get(sender) ?? 0) < mailboxesPerSender ? undefined : 'sender';
  }

  /** Limits for a connected recipient, whose node is about to fetch the messages. */
  #boundForConnected(mailbox: Mailbox | undefined, bytes: number): MailboxBound | undefined {
    const { realmMailboxBytes, sendBufferBytes } = this.#limits;
    if (this.#bytes + bytes > realmMailboxBytes) return 'realm';
    return mailbox === undefined || mailbox.bytes + bytes <= sendBufferBytes ? undefined : 'buffer';
  }

  #open(id: PeerId): Mailbox {
    const mailbox = new Mailbox();
    this.#mailboxes.set(id, mailbox);
    return mailbox;
  }

  /** `held` is the oldest message of the realm, and therefore of its mailbox. */
  #remove(held: HeldMessage): void {
    const { from, to } = held.message;
    const mailbox = this.#mailboxes.get(to);
    if (mailbox?.removeOldest() === true) this.#decrementMailboxCount(from);
    this.#removed(held, mailbox);
  }

  #removed(held: HeldMessage, mailbox: Mailbox | undefined): void {
    if (mailbox?.messages.length === 0) this.#mailboxes.delete(held.message.to);
    this.#bytes -= held.bytes;
    this.#unlink(held);
  }

  #decrementMailboxCount(sender: PeerId): void {
    const left = (this.#mailboxCountBySender.get(sender) ?? 1) - 1;
    if (left > 0) this.#mailboxCountBySender.set(sender, left);
    else this.#mailboxCountBySender.delete(sender);
  }

  #unlink(held: HeldMessage): void {
    this.#messageCount -= 1;
    if (held.address !== undefined) this.#memory?.releaseMail(held.address, held.bytes);
    if (held.older === undefined) this.#oldest = held.newer;
    else held.older.newer = held.newer;
    if (held.newer === undefined) this.#newest = held.older;
    else held.newer.older = held.older;
    held.older = undefined;
    held.newer = undefined;
  }
}
