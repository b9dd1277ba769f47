import type { PeerId } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';

/** Letters of one bag, at most. */
export const MAX_BATCH_MESSAGES = 1_000;
const POSITIONS_PER_BATCH = 1_024;

/** Where a letter stands in the journal: letters that stand further behind are younger. @param index in its bag. */
export function positionOf(revision: number, index: number): number {
  return revision * POSITIONS_PER_BATCH + index;
}

/** The revision of the bag of a letter, and its place there. */
export function batchPositionOf(position: number): readonly [revision: number, index: number] {
  return [Math.floor(position / POSITIONS_PER_BATCH), position % POSITIONS_PER_BATCH];
}

/** A letter as a node knows it. */
export interface PendingMessage {
  readonly position: number;
  /** Whether it was this node that put it. */
  readonly isOwn: boolean;
  readonly from: PeerId;
  readonly kind: MessageKind;
  readonly proof: string | undefined;
  readonly at: Millis;
  readonly hasPayload: boolean;
  readonly bytes: number;
  /** Only where its addressee is seated at this node: others read it again when they need it. */
  readonly payload: Payload | undefined;
}

interface Mailbox {
  readonly messages: PendingMessage[];
  bytes: number;
}

/** M13: all letters of a realm that wait, in the order of the journal, under its bounds. */
export class PendingMessages {
  readonly #limits: MailboxLimits;
  readonly #mailboxes = new Map<PeerId, Mailbox>();
  /** By sender, how many letters of it wait for whom. */
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

  /** @param isConnected whether the addressee is: what waits for it is on its way. */
  hasRoom(to: PeerId, from: PeerId, bytes: number, isConnected: boolean): boolean {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, sendBufferBytes } = this.#limits;
    const box = this.#mailboxes.get(to);
    if (this.#bytes + bytes > realmMailboxBytes) return false;
    if (isConnected) return box === undefined || box.bytes + bytes <= sendBufferBytes;
    if ((box?.bytes ?? 0) + bytes > mailboxBytes || (box?.messages.length ?? 0) >= mailboxMessages) return false;
    const sent = this.#countsBySender.get(from);
    return sent === undefined || sent.has(to) || sent.size < mailboxesPerSender;
  }

  add(to: PeerId, letter: PendingMessage): void {
    const box = this.#mailboxes.get(to) ?? { messages: [], bytes: 0 };
    this.#mailboxes.set(to, box);
    box.messages.push(letter);
    box.bytes += letter.bytes;
    this.#bytes += letter.bytes;
    const sent = this.#countsBySender.get(letter.from) ?? new Map<PeerId, number>();
    this.#countsBySender.set(letter.from, sent);
    sent.set(to, (sent.get(to) ?? 0) + 1);
  }

  /** What waits for an id, oldest first. */
  for(id: PeerId): readonly PendingMessage[] {
    return this.#mailboxes.get(id)?.messages ?? [];
  }

  /** Those that something of `sender` waits for. */
  recipientsOf(sender: PeerId): PeerId[] {
    return [...(this.#countsBySender.get(sender)?.keys() ?? [])];
  }

  /** Ids that something waits for. */
  recipients(): IterableIterator<PeerId> {
    return this.#mailboxes.keys();
  }

  /** Drops what waits for an id up to a position. @returns what it was. */
  removeUpTo(id: PeerId, position: number): readonly PendingMessage[] {
    const box = this.#mailboxes.get(id);
    if (box === undefined) return [];
    const younger = box.messages.findIndex(({ position: at }) => at > position);
    const dropped = box.messages.splice(0, younger < 0 ? box.messages.length : younger);
    for (const { bytes, from } of dropped) {
      box.bytes -= bytes;
      this.#bytes -= bytes;
      this.#decrement(from, id);
    }
    if (box.messages.length === 0) this.#mailboxes.delete(id);
    return dropped;
  }

  #decrement(from: PeerId, to: PeerId): void {
    const sent = this.#countsBySender.get(from);
    const left = (sent?.get(to) ?? 0) - 1;
    if (left > 0) sent?.set(to, left);
    else sent?.delete(to);
    if (sent?.size === 0) this.#countsBySender.delete(from);
  }
}
