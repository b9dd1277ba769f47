import type { KeepOutcome } from '../../../application/ports/peer-directory.ts';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worst } from '../shared/keep-outcomes.ts';

interface Lease {
  readonly ends: Millis;
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
  readonly #seats = new Map<NodeId, number>();
  /** The worst state of this node's lease since `kept` was called, and the time of its last renewal. */
  #kept: KeepOutcome = 'kept';
  #keptAt: Millis;

  /** @param before has read the same entries, up to some time. */
  constructor(settings: LeaseSettings, before?: Leases) {
    this.#settings = settings;
    this.#keptAt = before === undefined ? Number.NEGATIVE_INFINITY : before.#keptAt;
  }

  lives(node: NodeId, now: Millis): boolean {
    const lease = this.#all.get(node);
    return lease !== undefined && lease.ends > now;
  }

  /** When the lease of a node ends or ended; 0 for an unknown node. */
  endOf(node: NodeId): Millis {
    return this.#all.get(node)?.ends ?? 0;
  }

  /** A node has renewed its lease. @param isKnown whether the previous reading may have reported it. */
  renews(node: NodeId, at: Millis, revision: number, isKnown: boolean): void {
    const lease = this.#all.get(node);
    this.#all.set(node, { ends: at + this.#settings.lease, revision });
    if (node !== this.#settings.node || (isKnown && at <= this.#keptAt)) return;
    this.#keptAt = at;
    this.#kept = worst([this.#kept, lease?.revision === undefined ? 'unknown' : lease.ends > at ? 'kept' : 'lapsed']);
  }

  /** A node has claimed an id. That begins a lease where none runs, and the node has lost others that it had. */
  claims(node: NodeId, at: Millis, isKnown: boolean): void {
    const lease = this.#all.get(node);
    if (lease !== undefined && lease.ends > at) return;
    this.#all.set(node, { ends: at + this.#settings.lease, revision: lease?.revision });
    if (node !== this.#settings.node || lease?.revision === undefined || (isKnown && at <= this.#keptAt)) return;
    this.#kept = worst([this.#kept, 'lapsed']);
  }

  /** The worst state of this node's lease since the last call. */
  kept(): KeepOutcome {
    const kept = this.#kept;
    this.#kept = 'kept';
    return kept;
  }

  /** What `before` has not reported yet. */
  inherit(before: Leases): void {
    this.#kept = worst([before.#kept, this.#kept]);
  }

  /** @param by how many ids more the node has claimed. */
  counts(node: NodeId, by: 1 | -1): void {
    const count = (this.#seats.get(node) ?? 0) + by;
    if (count > 0) this.#seats.set(node, count);
    else this.#seats.delete(node);
  }

  /** How many ids the living nodes have claimed. Costs what there are nodes. */
  present(now: Millis): number {
    let count = 0;
    for (const [node, seats] of this.#seats) if (this.lives(node, now)) count += seats;
    return count;
  }

  /** Whether this node does what one node has to do for all: it is the first of those that live. */
  isWarden(now: Millis): boolean {
    const { node } = this.#settings;
    return ![...this.#all.keys()].some((other) => other < node && this.lives(other, now));
  }

  /** Nodes that have been dead since `since`, and the entries of their leases. */
  dead(since: Millis): [NodeId, number | undefined][] {
    return [...this.#all].filter(([, { ends }]) => ends < since).map(([node, { revision }]) => [node, revision]);
  }

  forget(node: NodeId): void {
    this.#all.delete(node);
  }
}
