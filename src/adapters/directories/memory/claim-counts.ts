import type { NodeId, RealmKey } from '../../../domain/ids.ts';

/** O6: number of claims in each realm, by node, because those of dead nodes do not count. */
export class ClaimCounts {
  readonly #realms = new Map<RealmKey, Map<NodeId, number>>();

  /** Counts a claim for another node than before; undefined for none. */
  move(realm: RealmKey, from: NodeId | undefined, to: NodeId | undefined): void {
    if (from === to) return;
    const nodes = this.#realms.get(realm) ?? new Map<NodeId, number>();
    this.#realms.set(realm, nodes);
    if (to !== undefined) nodes.set(to, (nodes.get(to) ?? 0) + 1);
    if (from === undefined) return;
    const left = (nodes.get(from) ?? 0) - 1;
    if (left > 0) nodes.set(from, left);
    else nodes.delete(from);
  }

  /** The cost is proportional to the number of nodes. */
  inRealm(realm: RealmKey, counts: (node: NodeId) => boolean): number {
    let sum = 0;
    for (const [node, count] of this.#realms.get(realm) ?? []) if (counts(node)) sum += count;
    return sum;
  }
}
