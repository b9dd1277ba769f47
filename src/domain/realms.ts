import { realmKey, type NodeId } from './ids.ts';
import { invariant } from './invariant.ts';
import { Realm, type RealmLimits } from './realm.ts';

/** All realms of one node: one for each key that it was given. */
export class Realms {
  readonly #byKey: ReadonlyMap<string, Realm>;

  constructor(keys: readonly string[], node: NodeId, limits: RealmLimits, isSingleNode = true) {
    this.#byKey = new Map(keys.map((key) => [key, new Realm({ key: realmKey(key), node, isSingleNode }, limits)]));
  }

  /** O2: the realm of a key; undefined for a key that nobody gave out. @param key any text. */
  find(key: string): Realm | undefined {
    return this.#byKey.get(key);
  }

  /** The realm of those who name none: that of the first key. */
  get first(): Realm {
    const [first] = this.#byKey.values();
    invariant(first !== undefined, 'there is at least one key');
    return first;
  }

  all(): Realm[] {
    return [...this.#byKey.values()];
  }
}
