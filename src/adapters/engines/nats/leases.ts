import type { RenewOutcome } from '../../../application/ports/peer-directory.ts';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worstOutcome } from '../shared/renew-outcomes.ts';

interface Lease {
  readonly endsAt: Millis;
  /** Revision of the last renewal; undefined for a node that has claimed ids and not yet renewed its lease. */
  readonly revision: number | undefined;
}

export interface LeaseSettings {
  readonly node: NodeId;
  readonly lease: Millis;
}

/** The leases of all nodes, by the time of the entries. */
export class Leases {
  readonly #settings: LeaseSettings;
  readonly #all = new Map<NodeId, Lease>();
  /** The worst outcome of this node's renewals since the last `takeOutcome`, and the time of the last renewal. */
  #outcome: RenewOutcome = 'kept';
  #renewedAt: Millis;

  /** @param before the leases of the previous reading of the journal. */
  constructor(settings: LeaseSettings, before?: Leases) {
    this.#settings = settings;
    this.#renewedAt = before === undefined ? Number.NEGATIVE_INFINITY : before.#renewedAt;
  }

  isAlive(node: NodeId, now: Millis): boolean {
    const lease = this.#all.get(node);
    return lease !== undefined && lease.endsAt > now;
  }

  aliveNodes(now: Millis): ReadonlySet<NodeId> {
    return new Set([...this.#all.keys()].filter((node) => this.isAlive(node, now)));
  }

  /** When the lease of a node ends or ended; 0 for an unknown node. */
  endOf(node: NodeId): Millis {
    return this.#all.get(node)?.endsAt ?? 0;
  }

  /** A node has renewed its lease. @param isKnown whether the previous reading may have reported this entry. */
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

  /** A node has claimed an id. Without a valid lease this starts one, and the outcome is `lapsed`: older claims may be lost. */
  recordClaim(node: NodeId, at: Millis, isKnown: boolean): void {
    const lease = this.#all.get(node);
    if (lease !== undefined && lease.endsAt > at) return;
    this.#all.set(node, { endsAt: at + this.#settings.lease, revision: lease?.revision });
    if (node !== this.#settings.node || lease?.revision === undefined || (isKnown && at <= this.#renewedAt)) return;
    this.#outcome = worstOutcome([this.#outcome, 'lapsed']);
  }

  /** The worst outcome of this node's renewals since the last call. */
  takeOutcome(): RenewOutcome {
    const outcome = this.#outcome;
    this.#outcome = 'kept';
    return outcome;
  }

  /** Takes over the outcome that `before` has not reported. */
  mergeOutcome(before: Leases): void {
    this.#outcome = worstOutcome([before.#outcome, this.#outcome]);
  }

  /** Whether this node does the work that one node does for all: it has the smallest id of the live nodes. */
  isLeader(now: Millis): boolean {
    const { node } = this.#settings;
    return ![...this.#all.keys()].some((other) => other < node && this.isAlive(other, now));
  }

  /** Nodes whose lease ended before `since`, with the revisions of their lease entries. */
  deadSince(since: Millis): [NodeId, number | undefined][] {
    return [...this.#all].filter(([, { endsAt }]) => endsAt < since).map(([node, { revision }]) => [node, revision]);
  }

  remove(node: NodeId): void {
    this.#all.delete(node);
  }
}
