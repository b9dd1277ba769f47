import type { RenewOutcome } from '../../../application/ports/peer-directory.ts';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worstOutcome } from '../shared/keep-outcomes.ts';

interface Lease {
  readonly endsAt: Millis;
  /** Of the entry that renewed it; undefined for a node that has claimed ids, but renewed no lease. */
  readonly revision: number | undefined;
}

export interface LeaseSettings {
  readonly node: NodeId;
  readonly lease: Millis;
}

/** The leases of all nodes, by the time of the entries, and how many ids each node has claimed. */
export class Leases {
  readonly #settings: LeaseSettings;
  readonly #all = new Map<NodeId, Lease>();
  readonly #claimCounts = new Map<NodeId, number>();
  /** The worst state of this node's lease since `kept` was called, and the time of its last renewal. */
  #outcome: RenewOutcome = 'kept';
  #renewedAt: Millis;

  /** @param before has read the same entries, up to some time. */
  constructor(settings: LeaseSettings, before?: Leases) {
    this.#settings = settings;
    this.#renewedAt = before === undefined ? Number.NEGATIVE_INFINITY : before.#renewedAt;
  }

  isAlive(node: NodeId, now: Millis): boolean {
    const lease = this.#all.get(node);
    return lease !== undefined && lease.endsAt > now;
  }

  /** When the lease of a node ends or ended; 0 for an unknown node. */
  endOf(node: NodeId): Millis {
    return this.#all.get(node)?.endsAt ?? 0;
  }

  /** A node has renewed its lease. @param isKnown whether the previous reading may have reported it. */
  renew(node: NodeId, at: Millis, revision: number, isKnown: boolean): void {
    const lease = this.#all.get(node);
    this.#all.set(node, { endsAt: at + this.#settings.lease, revision });
    if (node !== this.#settings.node || (isKnown && at <= this.#renewedAt)) return;
    this.#renewedAt = at;
    this.#outcome = worstOutcome([
      this.#outcome,
      lease?.revision === undefined ? 'unknown' : lease.endsAt > at ? 'kept' : 'lapsed',
    ]);
  }

  /** A node has claimed an id. That begins a lease where none runs, and the node has lost others that it had. */
  recordClaim(node: NodeId, at: Millis, isKnown: boolean): void {
    const lease = this.#all.get(node);
    if (lease !== undefined && lease.endsAt > at) return;
    this.#all.set(node, { endsAt: at + this.#settings.lease, revision: lease?.revision });
    if (node !== this.#settings.node || lease?.revision === undefined || (isKnown && at <= this.#renewedAt)) return;
    this.#outcome = worstOutcome([this.#outcome, 'lapsed']);
  }

  /** The worst state of this node's lease since the last call. */
  takeOutcome(): RenewOutcome {
    const kept = this.#outcome;
    this.#outcome = 'kept';
    return kept;
  }

  /** What `before` has not reported yet. */
  mergeOutcome(before: Leases): void {
    this.#outcome = worstOutcome([before.#outcome, this.#outcome]);
  }

  /** @param by how many ids more the node has claimed. */
  adjustClaimCount(node: NodeId, by: 1 | -1): void {
    const count = (this.#claimCounts.get(node) ?? 0) + by;
    if (count > 0) this.#claimCounts.set(node, count);
    else this.#claimCounts.delete(node);
  }

  /** How many ids the living nodes have claimed. Costs what there are nodes. */
  activeClaims(now: Millis): number {
    let count = 0;
    for (const [node, seats] of this.#claimCounts) if (this.isAlive(node, now)) count += seats;
    return count;
  }

  /** Whether this node does what one node has to do for all: it is the first of those that live. */
  isLeader(now: Millis): boolean {
    const { node } = this.#settings;
    return ![...this.#all.keys()].some((other) => other < node && this.isAlive(other, now));
  }

  /** Nodes that have been dead since `since`, and the entries of their leases. */
  deadSince(since: Millis): [NodeId, number | undefined][] {
    return [...this.#all].filter(([, { endsAt }]) => endsAt < since).map(([node, { revision }]) => [node, revision]);
  }

  remove(node: NodeId): void {
    this.#all.delete(node);
  }
}
