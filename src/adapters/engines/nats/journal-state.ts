import type { HoldOutcome } from '../../../application/ports/mailbox-store.ts';
import type { RenewOutcome } from '../../../application/ports/peer-directory.ts';
import type { ConnectionId, NodeId, PeerId } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import { needsDelivery, heldMessageBytes } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import { BatchTable, DELETE_GRACE_MS } from './batch-table.ts';
import { isSameConnection, type StoredMessage, type ClaimOwner, type ClaimEntry, type RemovalEntry } from './entries.ts';
import type { EntryKey } from './keys.ts';
import { Leases } from './leases.ts';
import { batchPositionOf, PendingMessages, positionOf } from './pending-messages.ts';
import { ResultCache } from './result-cache.ts';

/** What an entry meant for the node that read it. */
export type JournalEvent =
  | { readonly type: 'mail'; readonly id: PeerId }
  | { readonly type: 'superseded'; readonly id: PeerId; readonly connection: ConnectionId };

/** Where an entry stands, and when it was written, by the engine's time. */
export interface EntryPosition {
  readonly revision: number;
  readonly at: Millis;
}

interface KnownClaim extends ClaimEntry, EntryPosition {
  /** What stood there before, as far as it may stand there still: oldest first. */
  readonly olderRevisions: readonly number[];
}

/** What a journal says of the mail of an id that was taken. */
interface KnownRemoval {
  /** Where it says so: oldest first. */
  readonly revisions: readonly number[];
  readonly at: Millis;
  /** The position of the youngest letter that was taken. */
  readonly upTo: number;
}

/** Entries of one key that a bucket keeps; older ones go by themselves. */
export const BUCKET_HISTORY = 8;
/** Of an id whose mail several nodes have taken, one after the other. */
const MAX_REMOVAL_REVISIONS = 4 * BUCKET_HISTORY;

export interface JournalStateSettings extends MailboxLimits {
  readonly node: NodeId;
  readonly lease: Millis;
}

/**
 * What the journal of a realm amounts to. All nodes read the same entries in the same order, so all come to the same: an
 * entry holds or does not by what stands before it. Time is that of the entries; nothing here has a clock.
 */
export class JournalState {
  readonly messages: PendingMessages;
  readonly batches: BatchTable;
  readonly #settings: JournalStateSettings;
  readonly #claims = new Map<PeerId, KnownClaim>();
  readonly #leases: Leases;
  readonly #removals = new Map<PeerId, KnownRemoval>();
  /** Letters of this node that were not kept, by their positions. */
  readonly #rejected = new ResultCache<HoldOutcome>();
  /** Behind which positions this node has taken mail, by the revisions that say so. */
  readonly #ownRemovals = new ResultCache<number>();
  #evictedAt: Millis = 0;
  #isInitialRead = true;
  #claimCount = 0;
  #now: Millis = 0;

  /** @param before has read the same from its beginning up to some time, and is read no further. */
  constructor(settings: JournalStateSettings, before?: JournalState) {
    this.#settings = settings;
    this.#leases = new Leases(settings, before === undefined ? undefined : before.#leases);
    this.messages = new PendingMessages(settings);
    this.batches = new BatchTable(settings.node);
  }

  /** The time of the youngest entry. */
  get now(): Millis {
    return this.#now;
  }

  /** How many ids have an owner, dead or alive. */
  get claimCount(): number {
    return this.#claimCount;
  }

  /** Undefined for an id that nobody has, and nobody had lately. */
  claim(id: PeerId): KnownClaim | undefined {
    return this.#claims.get(id);
  }

  /** L4: what the seat of an id becomes when its owner goes; undefined where it has another one. */
  released(id: PeerId, owner: Pick<ClaimOwner, 'node' | 'connection'>): { readonly owner: undefined } | undefined {
    return isSameConnection(this.#claims.get(id)?.owner, owner) ? { owner: undefined } : undefined;
  }

  /** Who owns an id by a lease that has not ended. */
  activeOwner(id: PeerId): ClaimOwner | undefined {
    const owner = this.#claims.get(id)?.owner;
    return owner !== undefined && this.isAlive(owner.node) ? owner : undefined;
  }

  isAlive(node: NodeId): boolean {
    return this.#leases.isAlive(node, this.#now);
  }

  /** O6: how many ids the nodes that live have claimed. */
  get activeClaimCount(): number {
    return this.#leases.activeClaims(this.#now);
  }

  /** H4: ids whose owner's lease has not ended. */
  activeIds(): PeerId[] {
    return [...this.#claims.keys()].filter((id) => this.activeOwner(id) !== undefined);
  }

  /** Whether it is this node that looks after what all could: the first of those that live. */
  isLeader(): boolean {
    return this.#leases.isLeader(this.#now);
  }

  /** Nodes that have been dead since `since`. */
  deadNodes(since: Millis): [NodeId, number | undefined][] {
    return this.#leases.deadSince(since);
  }

  /** How the lease of this node was, at worst, whenever it was prolonged since the last call. */
  takeLeaseOutcome(): RenewOutcome {
    return this.#leases.takeOutcome();
  }

  /** All is read that stood there. @param before knows of what has been erased since, if it has read the same stream. */
  finishInitialRead(before: JournalState, isSameStream: boolean): void {
    if (isSameStream) this.#rejected.merge(before.#rejected);
    if (isSameStream) this.#ownRemovals.merge(before.#ownRemovals);
    this.#leases.mergeOutcome(before.#leases);
    this.#isInitialRead = false;
    this.#evictedAt = this.#now;
  }

  /** Why a letter of this node was not kept; 'held' where it was. Answers once. */
  takeOutcome(position: number): HoldOutcome {
    return this.#rejected.take(position) ?? 'held';
  }

  /**
   * Up to which position others had taken the mail before this node did, as the entry at a revision says: what is behind, it
   * has. Undefined where that was void. Answers once.
   */
  takePreviousPosition(revision: number): number | undefined {
    return this.#ownRemovals.take(revision);
  }

  /** Ids that have had no owner since `since`, and nothing waits for. */
  *freeClaimsSince(since: Millis): IterableIterator<[PeerId, KnownClaim]> {
    for (const [id, seat] of this.#claims) {
      if (seat.owner === undefined && seat.at < since && this.messages.for(id).length === 0) yield [id, seat];
    }
  }

  /** Ids of nodes that have been dead since `since`. */
  *claimsOfNodesDeadSince(since: Millis): IterableIterator<[PeerId, KnownClaim]> {
    for (const [id, seat] of this.#claims) {
      if (seat.owner !== undefined && this.#leases.endOf(seat.owner.node) < since) yield [id, seat];
    }
  }

  /** Whoever waited for an answer has asked for it by now, or has gone. */
  evictResults(): void {
    if (this.#now - this.#evictedAt < DELETE_GRACE_MS) return;
    this.#evictedAt = this.#now;
    this.#rejected.evictOld();
    this.#ownRemovals.evictOld();
  }

  removeNode(node: NodeId): void {
    this.#leases.remove(node);
  }

  /** An id that is free may be forgotten: if somebody takes it, the journal says so. */
  removeFreeClaim(id: PeerId): void {
    if (this.#claims.get(id)?.owner === undefined) this.#claims.delete(id);
  }

  /** What an id was before stands there no more. */
  clearOlderRevisions(id: PeerId): void {
    const seat = this.#claims.get(id);
    if (seat !== undefined) this.#claims.set(id, { ...seat, olderRevisions: NO_REVISIONS });
  }

  /** What was taken before `since` for ids that nobody has, and nothing waits for. No bag stands that is older. */
  *removalsSince(since: Millis): IterableIterator<[PeerId, KnownRemoval]> {
    for (const [id, taken] of this.#removals) {
      const isOld = taken.at < since && (taken.revisions.at(-1) ?? 0) < this.batches.oldestRevision;
      if (isOld && !this.#claims.has(id) && this.messages.for(id).length === 0) yield [id, taken];
    }
  }

  forgetRemoval(id: PeerId): void {
    this.#removals.delete(id);
  }

  applyClaim(id: PeerId, { owner, changeId }: ClaimEntry, { revision, at }: EntryPosition): JournalEvent[] {
    this.#advanceTo(at);
    const before = this.#claims.get(id);
    const olderRevisions =
      before === undefined ? NO_REVISIONS : [...before.olderRevisions, before.revision].slice(1 - BUCKET_HISTORY);
    this.#claimCount += Number(owner !== undefined) - Number(before?.owner !== undefined);
    this.#claims.set(id, { owner, changeId, revision, at, olderRevisions });
    if (before?.owner !== undefined) this.#leases.adjustClaimCount(before.owner.node, -1);
    if (owner !== undefined) {
      this.#leases.adjustClaimCount(owner.node, 1);
      this.#leases.recordClaim(owner.node, at, this.#isInitialRead);
    }
    const mine = before?.owner;
    if (mine === undefined || mine.node !== this.#settings.node || owner === undefined || isSameConnection(mine, owner))
      {return [];}
    return [{ type: 'superseded', id, connection: mine.connection }];
  }

  /** O11: of two that take the same, the first has it; who does not own the id has nothing. */
  applyRemoval(id: PeerId, { node, connection, upTo }: RemovalEntry, { revision, at }: EntryPosition): void {
    this.#advanceTo(at);
    const before = this.#removals.get(id) ?? NO_REMOVAL;
    const owner = this.activeOwner(id);
    // A position that is not before its own entry is one of a stream that the engine has forgotten.
    const isForeign = batchPositionOf(upTo)[0] >= revision;
    const isVoid =
      isForeign || (connection !== undefined && owner !== undefined && !isSameConnection(owner, { node, connection }));
    const revisions = [...before.revisions, revision].slice(-MAX_REMOVAL_REVISIONS);
    this.#removals.set(id, { revisions, at, upTo: isVoid ? before.upTo : Math.max(before.upTo, upTo) });
    if (isVoid) return;
    for (const { position } of this.messages.removeUpTo(id, upTo)) this.batches.removeMessage(batchPositionOf(position)[0], at);
    if (node === this.#settings.node) this.#ownRemovals.set(revision, before.upTo);
  }

  applyLease(node: NodeId, { at, revision }: EntryPosition): void {
    this.#advanceTo(at);
    this.#leases.renew(node, at, revision, this.#isInitialRead);
  }

  applyTick({ at }: EntryPosition): void {
    this.#advanceTo(at);
  }

  /** M13: each letter is kept, or refused by what stands before it; then only the node that wrote it has to know why. */
  applyBatch(
    { messageId, author }: Extract<EntryKey, { of: 'bag' }>,
    letters: readonly StoredMessage[],
    { revision, at }: EntryPosition,
  ): JournalEvent[] {
    this.#advanceTo(at);
    const { node } = this.#settings;
    const isOwn = author === node;
    const news: JournalEvent[] = [];
    let pending = 0;
    for (const [index, letter] of letters.entries()) {
      const position = positionOf(revision, index);
      const { from, to, kind, payload, proof } = letter;
      const verdict = this.outcomeOf(letter);
      if (verdict !== 'held') {
        if (isOwn) this.#rejected.set(position, verdict);
        continue;
      }
      pending += 1;
      const isHere = this.activeOwner(to)?.node === node;
      const rest = { hasPayload: payload !== undefined, bytes: heldMessageBytes(letter), payload: isHere ? payload : undefined };
      this.messages.add(to, { position, isOwn, from, kind, proof, at, ...rest });
      if (isHere) news.push({ type: 'mail', id: to });
    }
    this.batches.add(revision, { messageId, author, pending }, at);
    return news;
  }

  /** Whether a letter is kept that is read now. */
  outcomeOf({ from, to, sender, kind, payload }: StoredMessage): HoldOutcome {
    const speaker = this.#claims.get(from);
    // M17: who had the sender's id before may not be heard after who has it now.
    if (sender !== undefined && speaker !== undefined && !isSameConnection(speaker.owner, sender)) return 'moved';
    // What stood there at the beginning had found room: what is void by now and not yet erased may not take it away.
    if (this.#isInitialRead) return 'held';
    const isConnected = this.activeOwner(to) !== undefined;
    // M14: what the broker itself has to say waits for a peer whose node was away for longer than its lease.
    const isKnown = isConnected || (sender === undefined && this.#claims.get(to)?.owner !== undefined);
    if (!needsDelivery(kind) && !isKnown) return 'unwanted';
    return this.messages.hasRoom(to, from, heldMessageBytes({ from, to, payload }), isConnected) ? 'held' : 'full';
  }

  #advanceTo(at: Millis): void {
    this.#now = Math.max(this.#now, at);
  }
}

const NO_REVISIONS: readonly number[] = [];
const NO_REMOVAL: KnownRemoval = { revisions: NO_REVISIONS, at: 0, upTo: 0 };
