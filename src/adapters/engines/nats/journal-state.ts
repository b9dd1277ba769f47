import type { HoldOutcome } from '../../../application/ports/mailbox-store.ts';
import type { RenewOutcome } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import { needsDelivery, heldMessageBytes } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import { BatchTable, DELETE_GRACE_MS } from './batch-table.ts';
import { isSameConnection, type StoredMessage, type ClaimOwner, type ClaimEntry, type RemovalEntry } from './entries.ts';
import type { JournalEvent, MovedClaim } from './journal-events.ts';
import type { EntryKey } from './keys.ts';
import { ClaimCounts } from './claim-counts.ts';
import { BUCKET_HISTORY, claimAfter, withoutOlderRevisions, type EntryPosition, type KnownClaim } from './known-claim.ts';
import { Leases } from './leases.ts';
import { batchPositionOf, PendingMessages, positionOf } from './pending-messages.ts';
import { RemovalTable, type KnownRemoval, type PreviousPosition } from './removal-table.ts';
import { ResultCache } from './result-cache.ts';

/** Maximum number of removal revisions for one id, since each node has a key of its own. */
const MAX_REMOVAL_REVISIONS = 4 * BUCKET_HISTORY;

export interface JournalStateSettings extends MailboxLimits {
  readonly node: NodeId;
  readonly lease: Millis;
}

/**
 * The state that follows from the journal of a realm. All nodes apply the same entries in the same order and so derive the same
 * state; earlier entries decide whether an entry is valid. Time is the timestamp of the entries; this class uses no clock.
 */
export class JournalState {
  readonly messages: PendingMessages;
  readonly batches: BatchTable;
  readonly #settings: JournalStateSettings;
  readonly #claims = new Map<PeerId, KnownClaim>();
  /** Ids without an owner, whose claims are kept for a time. */
  readonly #freeIds = new Set<PeerId>();
  readonly leases: Leases;
  readonly #claimCounts = new ClaimCounts();
  readonly #removals = new RemovalTable(MAX_REMOVAL_REVISIONS);
  /** O5: claims of this node that have moved to another node since the last `takeSuperseded`. */
  #superseded: MovedClaim[] = [];
  /** Outcomes of rejected messages of this node, by position. */
  readonly #rejected = new ResultCache<number, HoldOutcome>();
  /** For each removal by this node, by change id. */
  readonly #ownRemovals = new ResultCache<string, PreviousPosition>();
  #evictedAt: Millis = 0;
  #isInitialRead = true;
  #now: Millis = 0;

  /** @param before the state of the previous reading of the journal, which is not updated any more. */
  constructor(settings: JournalStateSettings, before?: JournalState) {
    this.#settings = settings;
    this.leases = new Leases(settings, before === undefined ? undefined : before.leases);
    this.messages = new PendingMessages(settings);
    this.batches = new BatchTable(settings.node);
  }

  /** Timestamp of the latest entry. */
  get now(): Millis {
    return this.#now;
  }

  /** O6: number of claims in the realm of an id, including those of dead nodes. */
  claimCount(id: PeerId): number {
    return this.#claimCounts.inRealmOf(id);
  }

  /** Undefined for an id without an owner now or recently. */
  claim(id: PeerId): KnownClaim | undefined {
    return this.#claims.get(id);
  }

  /** L4: the released claim of an id; undefined if `owner` does not own it. */
  released(id: PeerId, owner: Pick<ClaimOwner, 'node' | 'connection'>): { readonly owner: undefined } | undefined {
    return isSameConnection(this.#claims.get(id)?.owner, owner) ? { owner: undefined } : undefined;
  }

  /** The owner of an id, if its lease has not ended. */
  activeOwner(id: PeerId): ClaimOwner | undefined {
    const owner = this.#claims.get(id)?.owner;
    return owner !== undefined && this.isAlive(owner.node) ? owner : undefined;
  }

  isAlive(node: NodeId): boolean {
    return this.leases.isAlive(node, this.#now);
  }

  /** O6: number of claims of live nodes in the realm of an id. */
  activeClaimCount(id: PeerId): number {
    return this.#claimCounts.inRealmOf(id, (node) => this.isAlive(node));
  }

  /** H4: ids of the nodes that are alive now. The state may change between two steps. */
  *activeIds(): IterableIterator<PeerId> {
    const nodes = this.leases.aliveNodes(this.#now);
    for (const [id, { owner }] of this.#claims) if (owner !== undefined && nodes.has(owner.node)) yield id;
  }

  /** Whether this node is the leader: the first of the live nodes. */
  isLeader(): boolean {
    return this.leases.isLeader(this.#now);
  }

  /** The worst outcome of this node's renewals since the last call. */
  takeLeaseOutcome(): RenewOutcome {
    return this.leases.takeOutcome();
  }

  /** O5: the claims of this node that have moved to another node since the last call. A new reading does not know them. */
  takeSuperseded(): readonly MovedClaim[] {
    const superseded = this.#superseded;
    this.#superseded = [];
    return superseded;
  }

  /**
   * All stored entries are applied.
   * @param before may have results of entries that were deleted since, if the stream is the same.
   */
  finishInitialRead(before: JournalState, isSameStream: boolean): void {
    if (isSameStream) this.#rejected.merge(before.#rejected);
    if (isSameStream) this.#ownRemovals.merge(before.#ownRemovals);
    this.leases.mergeOutcome(before.leases);
    this.#isInitialRead = false;
    this.#evictedAt = this.#now;
  }

  /** Outcome of a message of this node: `held`, or why it was rejected. To be called once for each position. */
  takeOutcome(position: number): HoldOutcome {
    return this.#rejected.take(position) ?? 'held';
  }

  /** The result of a removal by this node; undefined if the removal was invalid. To be called once for each removal. */
  takePreviousPosition(changeId: string): PreviousPosition | undefined {
    return this.#ownRemovals.take(changeId);
  }

  /** Ids without an owner, whose claims are still known. */
  freeIds(): Iterable<PeerId> {
    return this.#freeIds;
  }

  /** The claim of an id that was released before `since` and has no waiting messages. */
  freeClaimBefore(id: PeerId, since: Millis): KnownClaim | undefined {
    const claim = this.#freeIds.has(id) ? this.#claims.get(id) : undefined;
    return claim !== undefined && claim.at < since && this.messages.for(id).length === 0 ? claim : undefined;
  }

  /** Ids with an owner, dead or alive. The state may change between two steps. */
  *ownedIds(): IterableIterator<[PeerId, ClaimOwner]> {
    for (const [id, { owner }] of this.#claims) if (owner !== undefined) yield [id, owner];
  }

  /** Evicts results that were not taken within the grace period. */
  evictResults(): void {
    if (this.#now - this.#evictedAt < DELETE_GRACE_MS) return;
    this.#evictedAt = this.#now;
    this.#rejected.evictOld();
    this.#ownRemovals.evictOld();
  }

  /** Drops a free claim. */
  removeFreeClaim(id: PeerId): void {
    if (this.#freeIds.delete(id)) this.#claims.delete(id);
  }

  /** The earlier revisions of a claim are deleted. */
  clearOlderRevisions(id: PeerId): void {
    const claim = this.#claims.get(id);
    if (claim !== undefined) this.#claims.set(id, withoutOlderRevisions(claim));
  }

  removedIds(): Iterable<PeerId> {
    return this.#removals.ids();
  }

  /** The removal before `since` of an id without owner and messages, if no older batch is stored. */
  removalBefore(id: PeerId, since: Millis): KnownRemoval | undefined {
    const removal = this.#removals.get(id);
    const isOld = removal !== undefined && removal.at < since && (removal.revisions.at(-1) ?? 0) < this.batches.oldestRevision;
    return isOld && !this.#claims.has(id) && this.messages.for(id).length === 0 ? removal : undefined;
  }

  forgetRemoval(id: PeerId): void {
    this.#removals.forget(id);
  }

  applyClaim(id: PeerId, entry: ClaimEntry, position: EntryPosition): JournalEvent[] {
    const { owner } = entry;
    const { at } = position;
    this.#advanceTo(at);
    const before = this.#claims.get(id);
    this.#claims.set(id, claimAfter(before, entry, position));
    if (owner === undefined) this.#freeIds.add(id);
    else this.#freeIds.delete(id);
    if (before?.owner !== undefined) this.#claimCounts.add(id, before.owner.node, -1);
    if (owner !== undefined) {
      this.#claimCounts.add(id, owner.node, 1);
      this.leases.recordClaim(owner.node, at, this.#isInitialRead);
    }
    const previous = before?.owner;
    if (previous?.node !== this.#settings.node || owner === undefined || isSameConnection(previous, owner)) return [];
    const moved = { id, connection: previous.connection };
    if (!this.#isInitialRead && owner.node !== this.#settings.node) this.#superseded.push(moved);
    return [{ type: 'superseded', ...moved }];
  }

  /**
   * O11: if two nodes remove the same messages, the first removal wins, and so does the first copy of a repeated removal. A
   * removal by a connection that lost the id is invalid. Leases do not matter, because a later reader knows only the last ones.
   * A later reader may not know the claims before a removal either, because NATS keeps the last ones of each id. It applies the
   * removal, and does not know whether this node removed the messages.
   */
  applyRemoval(id: PeerId, { node, connection, upTo, changeId }: RemovalEntry, { revision, at }: EntryPosition): void {
    this.#advanceTo(at);
    const claim = this.#claims.get(id);
    const owner = claim?.owner;
    // A position at or after its own entry belongs to a previous stream.
    const isForeign = batchPositionOf(upTo)[0] >= revision;
    const isInvalid =
      isForeign || (connection !== undefined && owner !== undefined && !isSameConnection(owner, { node, connection }));
    const before = this.#removals.add(id, isInvalid ? undefined : upTo, { revision, at });
    if (isInvalid) return;
    for (const { position } of this.messages.removeUpTo(id, upTo)) this.batches.removeMessage(batchPositionOf(position)[0], at);
    const isNew = node === this.#settings.node && changeId !== undefined && !this.#ownRemovals.has(changeId);
    const isUnverified = this.#isInitialRead && connection !== undefined && claim === undefined;
    if (isNew) this.#ownRemovals.set(changeId, isUnverified ? 'unknown' : before);
  }

  applyLease(node: NodeId, { at, revision }: EntryPosition): void {
    this.#advanceTo(at);
    this.leases.renew(node, at, revision, this.#isInitialRead);
  }

  applyTick({ at }: EntryPosition): void {
    this.#advanceTo(at);
  }

  /** Accepts or rejects each message by the earlier entries. Only the author needs the reason of a rejection. */
  applyBatch(
    { messageId, author }: Extract<EntryKey, { kind: 'batch' }>,
    messages: readonly StoredMessage[],
    { revision, at }: EntryPosition,
  ): JournalEvent[] {
    this.#advanceTo(at);
    const { node } = this.#settings;
    const isOwn = author === node;
    const events: JournalEvent[] = [];
    let pending = 0;
    for (const [index, message] of messages.entries()) {
      const position = positionOf(revision, index);
      const { from, to, kind, payload, proof } = message;
      const outcome = this.outcomeOf(message);
      if (outcome !== 'held') {
        if (isOwn) this.#rejected.set(position, outcome);
        continue;
      }
      pending += 1;
      const isHere = this.activeOwner(to)?.node === node;
      const rest = { hasPayload: payload !== undefined, bytes: heldMessageBytes(message), payload: isHere ? payload : undefined };
      this.messages.add(to, { position, isOwn, from, kind, proof, at, ...rest });
      if (isHere) events.push({ type: 'mail', id: to });
    }
    this.batches.add(revision, { messageId, author, pending }, at);
    return events;
  }

  /** Whether a message is accepted at the current end of the journal. Limits are checked before it is written. */
  outcomeOf({ from, to, sender, kind }: StoredMessage): HoldOutcome {
    const claim = this.#claims.get(from);
    // M17: a previous owner of the sender's id must not be delivered after the current one.
    if (sender !== undefined && claim !== undefined && !isSameConnection(claim.owner, sender)) return 'moved';
    if (this.#isInitialRead) return 'held';
    // M14: a notice of a broker waits also for a peer whose node has lost its lease.
    const isKnown = this.activeOwner(to) !== undefined || (sender === undefined && this.#claims.get(to)?.owner !== undefined);
    return needsDelivery(kind) || isKnown ? 'held' : 'unwanted';
  }

  #advanceTo(at: Millis): void {
    this.#now = Math.max(this.#now, at);
  }
}
