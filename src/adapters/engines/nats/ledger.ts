import type { HoldOutcome } from '../../../application/ports/mailbox-store.ts';
import type { KeepOutcome } from '../../../application/ports/peer-directory.ts';
import type { ConnectionId, NodeId, PeerId } from '../../../domain/ids.ts';
import type { MailroomLimits } from '../../../domain/mailroom.ts';
import { matters, weightOf } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import { Bags, GRACE } from './bags.ts';
import { isSame, type Letter, type Owner, type Seat, type Taken } from './entries.ts';
import type { Place } from './keys.ts';
import { Leases } from './leases.ts';
import { bagOf, Letters, positionOf } from './letters.ts';
import { Unclaimed } from './unclaimed.ts';

/** What an entry meant for the node that read it. */
export type News =
  | { readonly news: 'mail'; readonly id: PeerId }
  | { readonly news: 'superseded'; readonly id: PeerId; readonly connection: ConnectionId };

/** Where an entry stands, and when it was written, by the engine's time. */
export interface Written {
  readonly revision: number;
  readonly at: Millis;
}

interface KnownSeat extends Seat, Written {
  /** What stood there before, as far as it may stand there still: oldest first. */
  readonly older: readonly number[];
}

/** What a journal says of the mail of an id that was taken. */
interface KnownTaken {
  /** Where it says so: oldest first. */
  readonly revisions: readonly number[];
  readonly at: Millis;
  /** The position of the youngest letter that was taken. */
  readonly upTo: number;
}

/** Entries of one key that a bucket keeps; older ones go by themselves. */
export const HISTORY = 8;
/** Of an id whose mail several nodes have taken, one after the other. */
const MOST_TAKEN = 4 * HISTORY;

export interface LedgerSettings extends MailroomLimits {
  readonly node: NodeId;
  readonly lease: Millis;
}

/**
 * What the journal of a realm amounts to. All nodes read the same entries in the same order, so all come to the same: an
 * entry holds or does not by what stands before it. Time is that of the entries; nothing here has a clock.
 */
export class Ledger {
  readonly letters: Letters;
  readonly bags: Bags;
  readonly #settings: LedgerSettings;
  readonly #seats = new Map<PeerId, KnownSeat>();
  readonly #leases: Leases;
  readonly #taken = new Map<PeerId, KnownTaken>();
  /** Letters of this node that were not kept, by their positions. */
  readonly #refused = new Unclaimed<HoldOutcome>();
  /** Behind which positions this node has taken mail, by the revisions that say so. */
  readonly #ours = new Unclaimed<number>();
  #agedAt: Millis = 0;
  #isBeginning = true;
  #owned = 0;
  #now: Millis = 0;

  /** @param before has read the same from its beginning up to some time, and is read no further. */
  constructor(settings: LedgerSettings, before?: Ledger) {
    this.#settings = settings;
    this.#leases = new Leases(settings, before === undefined ? undefined : before.#leases);
    this.letters = new Letters(settings);
    this.bags = new Bags(settings.node);
  }

  /** The time of the youngest entry. */
  get now(): Millis {
    return this.#now;
  }

  /** How many ids have an owner, dead or alive. */
  get owned(): number {
    return this.#owned;
  }

  /** Undefined for an id that nobody has, and nobody had lately. */
  seat(id: PeerId): KnownSeat | undefined {
    return this.#seats.get(id);
  }

  /** L4: what the seat of an id becomes when its owner goes; undefined where it has another one. */
  freed(id: PeerId, owner: Pick<Owner, 'node' | 'connection'>): { readonly owner: undefined } | undefined {
    return isSame(this.#seats.get(id)?.owner, owner) ? { owner: undefined } : undefined;
  }

  /** Who owns an id by a lease that has not ended. */
  owner(id: PeerId): Owner | undefined {
    const owner = this.#seats.get(id)?.owner;
    return owner !== undefined && this.lives(owner.node) ? owner : undefined;
  }

  lives(node: NodeId): boolean {
    return this.#leases.lives(node, this.#now);
  }

  /** O6: how many ids the nodes that live have claimed. */
  get peers(): number {
    return this.#leases.present(this.#now);
  }

  /** H4: ids whose owner's lease has not ended. */
  present(): PeerId[] {
    return [...this.#seats.keys()].filter((id) => this.owner(id) !== undefined);
  }

  /** Whether it is this node that looks after what all could: the first of those that live. */
  isWarden(): boolean {
    return this.#leases.isWarden(this.#now);
  }

  /** Nodes that have been dead since `since`. */
  deadNodes(since: Millis): [NodeId, number | undefined][] {
    return this.#leases.dead(since);
  }

  /** How the lease of this node was, at worst, whenever it was prolonged since the last call. */
  kept(): KeepOutcome {
    return this.#leases.kept();
  }

  /** All is read that stood there. @param before knows of what has been erased since, if it has read the same stream. */
  begun(before: Ledger, isSameStream: boolean): void {
    if (isSameStream) this.#refused.inherit(before.#refused);
    if (isSameStream) this.#ours.inherit(before.#ours);
    this.#leases.inherit(before.#leases);
    this.#isBeginning = false;
    this.#agedAt = this.#now;
  }

  /** Why a letter of this node was not kept; 'held' where it was. Answers once. */
  verdict(position: number): HoldOutcome {
    return this.#refused.claim(position) ?? 'held';
  }

  /**
   * Up to which position others had taken the mail before this node did, as the entry at a revision says: what is behind, it
   * has. Undefined where that was void. Answers once.
   */
  took(revision: number): number | undefined {
    return this.#ours.claim(revision);
  }

  /** Ids that have had no owner since `since`, and nothing waits for. */
  *freeSince(since: Millis): IterableIterator<[PeerId, KnownSeat]> {
    for (const [id, seat] of this.#seats) {
      if (seat.owner === undefined && seat.at < since && this.letters.of(id).length === 0) yield [id, seat];
    }
  }

  /** Ids of nodes that have been dead since `since`. */
  *deadSince(since: Millis): IterableIterator<[PeerId, KnownSeat]> {
    for (const [id, seat] of this.#seats) {
      if (seat.owner !== undefined && this.#leases.endOf(seat.owner.node) < since) yield [id, seat];
    }
  }

  /** Whoever waited for an answer has asked for it by now, or has gone. */
  forgetAnswers(): void {
    if (this.#now - this.#agedAt < GRACE) return;
    this.#agedAt = this.#now;
    this.#refused.ages();
    this.#ours.ages();
  }

  forgetNode(node: NodeId): void {
    this.#leases.forget(node);
  }

  /** An id that is free may be forgotten: if somebody takes it, the journal says so. */
  forget(id: PeerId): void {
    if (this.#seats.get(id)?.owner === undefined) this.#seats.delete(id);
  }

  /** What an id was before stands there no more. */
  forgetOlder(id: PeerId): void {
    const seat = this.#seats.get(id);
    if (seat !== undefined) this.#seats.set(id, { ...seat, older: NONE });
  }

  /** What was taken before `since` for ids that nobody has, and nothing waits for. No bag stands that is older. */
  *takenSince(since: Millis): IterableIterator<[PeerId, KnownTaken]> {
    for (const [id, taken] of this.#taken) {
      const isOld = taken.at < since && (taken.revisions.at(-1) ?? 0) < this.bags.oldest;
      if (isOld && !this.#seats.has(id) && this.letters.of(id).length === 0) yield [id, taken];
    }
  }

  forgetTaken(id: PeerId): void {
    this.#taken.delete(id);
  }

  readSeat(id: PeerId, { owner, by }: Seat, { revision, at }: Written): News[] {
    this.#passes(at);
    const before = this.#seats.get(id);
    const older = before === undefined ? NONE : [...before.older, before.revision].slice(1 - HISTORY);
    this.#owned += Number(owner !== undefined) - Number(before?.owner !== undefined);
    this.#seats.set(id, { owner, by, revision, at, older });
    if (before?.owner !== undefined) this.#leases.counts(before.owner.node, -1);
    if (owner !== undefined) {
      this.#leases.counts(owner.node, 1);
      this.#leases.claims(owner.node, at, this.#isBeginning);
    }
    const mine = before?.owner;
    if (mine === undefined || mine.node !== this.#settings.node || owner === undefined || isSame(mine, owner)) return [];
    return [{ news: 'superseded', id, connection: mine.connection }];
  }

  /** O11: of two that take the same, the first has it; who does not own the id has nothing. */
  readTaken(id: PeerId, { node, connection, upTo }: Taken, { revision, at }: Written): void {
    this.#passes(at);
    const before = this.#taken.get(id) ?? NEVER_TAKEN;
    const owner = this.owner(id);
    // A position that is not before its own entry is one of a stream that the engine has forgotten.
    const isForeign = bagOf(upTo)[0] >= revision;
    const isVoid = isForeign || (connection !== undefined && owner !== undefined && !isSame(owner, { node, connection }));
    const revisions = [...before.revisions, revision].slice(-MOST_TAKEN);
    this.#taken.set(id, { revisions, at, upTo: isVoid ? before.upTo : Math.max(before.upTo, upTo) });
    if (isVoid) return;
    for (const { position } of this.letters.dropUpTo(id, upTo)) this.bags.lets(bagOf(position)[0], at);
    if (node === this.#settings.node) this.#ours.set(revision, before.upTo);
  }

  readLease(node: NodeId, { at, revision }: Written): void {
    this.#passes(at);
    this.#leases.renews(node, at, revision, this.#isBeginning);
  }

  readTick({ at }: Written): void {
    this.#passes(at);
  }

  /** M13: each letter is kept, or refused by what stands before it; then only the node that wrote it has to know why. */
  readBag({ ticket, author }: Extract<Place, { of: 'bag' }>, letters: readonly Letter[], { revision, at }: Written): News[] {
    this.#passes(at);
    const { node } = this.#settings;
    const isOwn = author === node;
    const news: News[] = [];
    let waiting = 0;
    for (const [index, letter] of letters.entries()) {
      const position = positionOf(revision, index);
      const { from, to, kind, payload, proof } = letter;
      const verdict = this.judge(letter);
      if (verdict !== 'held') {
        if (isOwn) this.#refused.set(position, verdict);
        continue;
      }
      waiting += 1;
      const isHere = this.owner(to)?.node === node;
      const rest = { hasPayload: payload !== undefined, bytes: weightOf(letter), payload: isHere ? payload : undefined };
      this.letters.add(to, { position, isOwn, from, kind, proof, at, ...rest });
      if (isHere) news.push({ news: 'mail', id: to });
    }
    this.bags.arrives(revision, { ticket, author, waiting }, at);
    return news;
  }

  /** Whether a letter is kept that is read now. */
  judge({ from, to, sender, kind, payload }: Letter): HoldOutcome {
    const speaker = this.#seats.get(from);
    // M17: who had the sender's id before may not be heard after who has it now.
    if (sender !== undefined && speaker !== undefined && !isSame(speaker.owner, sender)) return 'moved';
    // What stood there at the beginning had found room: what is void by now and not yet erased may not take it away.
    if (this.#isBeginning) return 'held';
    const isConnected = this.owner(to) !== undefined;
    // M14: what the broker itself has to say waits for a peer whose node was away for longer than its lease.
    const isKnown = isConnected || (sender === undefined && this.#seats.get(to)?.owner !== undefined);
    if (!matters(kind) && !isKnown) return 'unwanted';
    return this.letters.hasRoom(to, from, weightOf({ from, to, payload }), isConnected) ? 'held' : 'full';
  }

  #passes(at: Millis): void {
    this.#now = Math.max(this.#now, at);
  }
}

const NONE: readonly number[] = [];
const NEVER_TAKEN: KnownTaken = { revisions: NONE, at: 0, upTo: 0 };
