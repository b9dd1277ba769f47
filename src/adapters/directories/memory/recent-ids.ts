import type { PeerId, RealmKey } from '../../../domain/ids.ts';

/** The ids that were added last: at least `size` and at most twice as many, in two generations. */
export class RecentIds {
  readonly #size: number;
  #newer = new Set<string>();
  #older = new Set<string>();

  constructor(size = 10_000) {
    this.#size = size;
  }

  add(realm: RealmKey, id: PeerId): void {
    this.#newer.add(keyOf(realm, id));
    if (this.#newer.size < this.#size) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }

  has(realm: RealmKey, id: PeerId): boolean {
    const key = keyOf(realm, id);
    return this.#newer.has(key) || this.#older.has(key);
  }
}

/** Keys of realms contain no line break. */
function keyOf(realm: RealmKey, id: PeerId): string {
  return `${realm}\n${id}`;
}
