import type { NodeId, PeerId } from '../../../domain/ids.ts';
import { realmOfPooledName } from '../shared/pooled-names.ts';

/** O6: number of claims of each node in one realm, or in each realm of the pool. */
export class ClaimCounts {
  /** By realm of the pool; '' for a journal of one realm. */
  readonly #byRealm = new Map<string, Map<NodeId, number>>();

  add(id: PeerId, node: NodeId, by: 1 | -1): void {
    const realm = realmOfPooledName(id);
    const counts = this.#byRealm.get(realm) ?? new Map<NodeId, number>();
    const count = (counts.get(node) ?? 0) + by;
    if (count > 0) counts.set(node, count);
    else counts.delete(node);
    if (counts.size > 0) this.#byRealm.set(realm, counts);
    else this.#byRealm.delete(realm);
  }

  /** Number of claims in the realm of an id. O(nodes). @param counts whether the claims of a node count. */
  inRealmOf(id: PeerId, counts: (node: NodeId) => boolean = () => true): number {
    let sum = 0;
    for (const [node, count] of this.#byRealm.get(realmOfPooledName(id)) ?? []) if (counts(node)) sum += count;
    return sum;
  }
}
