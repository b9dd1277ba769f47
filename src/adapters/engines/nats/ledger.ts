import type { HoldOutcome } from '../../../application/ports/mailbox-store.ts';
import type { KeepOutcome } from '../../../application/ports/peer-directory.ts';
import type { ConnectionId, NodeId, PeerId } from '../../../domain/ids.ts';
import type { MailroomLimits } from '../../../domain/mailroom.ts';
import { matters, weightOf } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Letter, Owner, Seat } from './entries.ts';
import { countIn } from './keys.ts';
import { Letters } from './letters.ts';

/** What an entry meant for the node that read it. */
export type News =
  | { readonly news: 'mail'; readonly id: PeerId }
  | { readonly news: 'superseded'; readonly id: PeerId; readonly connection: ConnectionId };

/** Where an entry stands, and when it was written, by the engine's time. */
export interface Written {
  readonly revision: number;
  readonly at: Millis;
}

interface Lease {
  ends: Millis;
  /** Undefined for a node that has claimed, but said nothing of itself. */
  outcome: KeepOutcome | undefined;
  /** Where it says so. */
  revision: number | undefined;
}

type KnownSeat = Seat & Written;

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
  readonly #settings: LedgerSettings;
  readonly #seats = new Map<PeerId, KnownSeat>();
  readonly #leases = new Map<NodeId, Lease>();
  readonly #refused = new Map<string, HoldOutcome>();
  /** Of the beginning: what stands there and says nothing any more. */
  #void: number[] | undefined = [];
  #owned = 0;
  #now: Millis = 0;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
    this.letters = new Letters(settings);
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
  freed(
    id: PeerId,
    owner: Pick<Owner, 'node' | 'connection'>,
  ): { readonly owner: undefined; readonly collected: number } | undefined {
    const seat = this.#seats.get(id);
    return isSame(seat?.owner, owner) ? { owner: undefined, collected: seat?.collected ?? 0 } : undefined;
  }

  /** Who owns an id by a lease that has not ended. */
  owner(id: PeerId): Owner | undefined {
    const owner = this.#seats.get(id)?.owner;
    return owner !== undefined && this.lives(owner.node) ? owner : undefined;
  }

  lives(node: NodeId): boolean {
    const lease = this.#leases.get(node);
    return lease !== undefined && lease.ends > this.#now;
  }

  /** H4: ids whose owner's lease has not ended. */
  present(): PeerId[] {
    return [...this.#seats.keys()].filter((id) => this.owner(id) !== undefined);
  }

  /** Whether it is this node that looks after what all could: the first of those that live. */
  isWarden(): boolean {
    const { node } = this.#settings;
    return ![...this.#leases.keys()].some((other) => other < node && this.lives(other));
  }

  /** Nodes that have been dead since `since`. */
  deadNodes(since: Millis): [NodeId, number | undefined][] {
    return [...this.#leases].filter(([, { ends }]) => ends < since).map(([node, { revision }]) => [node, revision]);
  }

  /** How a lease was, when its node prolonged it last. */
  keptAs(node: NodeId): KeepOutcome {
    return this.#leases.get(node)?.outcome ?? 'unknown';
  }

  /** All is read that stood there. @returns the revisions of letters that were nobody's already. */
  begun(): readonly number[] {
    const all = this.#void ?? [];
    this.#void = undefined;
    return all;
  }

  /** Why a letter of this node was not kept; 'held' where it was. Answers once. */
  verdict(ticket: string): HoldOutcome {
    const verdict = this.#refused.get(ticket) ?? 'held';
    this.#refused.delete(ticket);
    return verdict;
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
      if (seat.owner !== undefined && (this.#leases.get(seat.owner.node)?.ends ?? 0) < since) yield [id, seat];
    }
  }

  forgetNode(node: NodeId): void {
    this.#leases.delete(node);
  }

  /** An id that is free may be forgotten: if somebody takes it, the journal says so. */
  forget(id: PeerId): void {
    if (this.#seats.get(id)?.owner === undefined) this.#seats.delete(id);
  }

  readSeat(id: PeerId, { owner, collected, by }: Seat, { revision, at }: Written): News | undefined {
    this.#passes(at);
    const before = this.#seats.get(id);
    const all = Math.max(collected, before?.collected ?? 0);
    this.#owned += Number(owner !== undefined) - Number(before?.owner !== undefined);
    this.#seats.set(id, { owner, collected: all, by, revision, at });
    if (owner !== undefined) this.#leases.set(owner.node, this.#leaseFor(owner.node, at));
    const dropped = this.letters.dropUpTo(id, all);
    this.#void?.push(...dropped.map((letter) => letter.revision));
    const mine = before?.owner;
    if (mine === undefined || mine.node !== this.#settings.node || owner === undefined || isSame(mine, owner)) return undefined;
    return { news: 'superseded', id, connection: mine.connection };
  }

  readLease(node: NodeId, { at, revision }: Written): void {
    this.#passes(at);
    const known = this.#leases.get(node);
    const isUnknown = known?.outcome === undefined;
    const outcome = isUnknown ? 'unknown' : known.ends > at ? 'kept' : 'lapsed';
    this.#leases.set(node, { ends: at + this.#settings.lease, outcome, revision });
  }

  readTick({ at }: Written): void {
    this.#passes(at);
  }

  /** M13: kept, or refused by what stands before it; then only the node that wrote it has to know why. */
  readLetter(to: PeerId, ticket: string, letter: Letter, { revision, at }: Written): News | undefined {
    this.#passes(at);
    if (revision <= (this.#seats.get(to)?.collected ?? 0)) {
      this.#void?.push(revision);
      return undefined;
    }
    const verdict = this.judge(to, letter);
    if (verdict !== 'held') {
      if (countIn(this.#settings.node, ticket) !== undefined) this.#refused.set(ticket, verdict);
      return undefined;
    }
    const { from, kind, payload } = letter;
    const isHere = this.owner(to)?.node === this.#settings.node;
    const rest = { hasPayload: payload !== undefined, bytes: weightOf(letter), payload: isHere ? payload : undefined };
    this.letters.add(to, { revision, ticket, from, kind, at, ...rest });
    return isHere ? { news: 'mail', id: to } : undefined;
  }

  /** Whether a letter is kept that is read now. */
  judge(to: PeerId, { from, sender, kind, payload }: Letter): HoldOutcome {
    const speaker = this.#seats.get(from);
    // M17: who had the sender's id before may not be heard after who has it now.
    if (sender !== undefined && speaker !== undefined && !isSame(speaker.owner, sender)) return 'moved';
    // What stood there at the beginning had found room: what is void by now and not yet erased may not take it away.
    if (this.#void !== undefined) return 'held';
    if (!matters(kind) && this.owner(to) === undefined) return 'unwanted';
    return this.letters.hasRoom(to, from, weightOf({ payload })) ? 'held' : 'full';
  }

  #leaseFor(node: NodeId, at: Millis): Lease {
    const lease = this.#leases.get(node);
    if (lease !== undefined && lease.ends > at) return lease;
    return { ends: at + this.#settings.lease, outcome: lease?.outcome, revision: lease?.revision };
  }

  #passes(at: Millis): void {
    this.#now = Math.max(this.#now, at);
  }
}

export function isSame(
  owner: Pick<Owner, 'node' | 'connection'> | undefined,
  other: Pick<Owner, 'node' | 'connection'>,
): boolean {
  return owner !== undefined && owner.node === other.node && owner.connection === other.connection;
}
