import type { PeerId } from '../../../domain/ids.ts';
import type { MailroomLimits } from '../../../domain/mailroom.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';

/** Letters of one bag, at most. */
export const MOST_IN_BAG = 1_000;
const ROOM_IN_BAG = 1_024;

/** Where a letter stands in the journal: letters that stand further behind are younger. @param index in its bag. */
export function positionOf(bag: number, index: number): number {
  return bag * ROOM_IN_BAG + index;
}

/** The revision of the bag of a letter, and its place there. */
export function bagOf(position: number): readonly [revision: number, index: number] {
  return [Math.floor(position / ROOM_IN_BAG), position % ROOM_IN_BAG];
}

/** A letter as a node knows it. */
export interface Waiting {
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

interface Box {
  readonly held: Waiting[];
  bytes: number;
}

/** M13: all letters of a realm that wait, in the order of the journal, under its bounds. */
export class Letters {
  readonly #limits: MailroomLimits;
  readonly #boxes = new Map<PeerId, Box>();
  /** By sender, how many letters of it wait for whom. */
  readonly #sent = new Map<PeerId, Map<PeerId, number>>();
  #bytes = 0;

  constructor(limits: MailroomLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get boxes(): number {
    return this.#boxes.size;
  }

  /** @param isConnected whether the addressee is: what waits for it is on its way. */
  hasRoom(to: PeerId, from: PeerId, bytes: number, isConnected: boolean): boolean {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, sendBufferBytes } = this.#limits;
    const box = this.#boxes.get(to);
    if (this.#bytes + bytes > realmMailboxBytes) return false;
    if (isConnected) return box === undefined || box.bytes + bytes <= sendBufferBytes;
    if ((box?.bytes ?? 0) + bytes > mailboxBytes || (box?.held.length ?? 0) >= mailboxMessages) return false;
    const sent = this.#sent.get(from);
    return sent === undefined || sent.has(to) || sent.size < mailboxesPerSender;
  }

  add(to: PeerId, letter: Waiting): void {
    const box = this.#boxes.get(to) ?? { held: [], bytes: 0 };
    this.#boxes.set(to, box);
    box.held.push(letter);
    box.bytes += letter.bytes;
    this.#bytes += letter.bytes;
    const sent = this.#sent.get(letter.from) ?? new Map<PeerId, number>();
    this.#sent.set(letter.from, sent);
    sent.set(to, (sent.get(to) ?? 0) + 1);
  }

  /** What waits for an id, oldest first. */
  of(id: PeerId): readonly Waiting[] {
    return this.#boxes.get(id)?.held ?? [];
  }

  /** Those that something of `sender` waits for. */
  addresseesOf(sender: PeerId): PeerId[] {
    return [...(this.#sent.get(sender)?.keys() ?? [])];
  }

  /** Ids that something waits for. */
  addressees(): IterableIterator<PeerId> {
    return this.#boxes.keys();
  }

  /** Drops what waits for an id up to a position. @returns what it was. */
  dropUpTo(id: PeerId, position: number): readonly Waiting[] {
    const box = this.#boxes.get(id);
    if (box === undefined) return [];
    const younger = box.held.findIndex(({ position: at }) => at > position);
    const dropped = box.held.splice(0, younger < 0 ? box.held.length : younger);
    for (const { bytes, from } of dropped) {
      box.bytes -= bytes;
      this.#bytes -= bytes;
      this.#countDown(from, id);
    }
    if (box.held.length === 0) this.#boxes.delete(id);
    return dropped;
  }

  #countDown(from: PeerId, to: PeerId): void {
    const sent = this.#sent.get(from);
    const left = (sent?.get(to) ?? 0) - 1;
    if (left > 0) sent?.set(to, left);
    else sent?.delete(to);
    if (sent?.size === 0) this.#sent.delete(from);
  }
}
