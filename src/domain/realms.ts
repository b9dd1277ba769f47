import { realmKey, type NodeId } from './ids.ts';
import { invariant } from './invariant.ts';
import { Realm, type RealmLimits } from './realm.ts';

/** All realms of one node, one for each configured key. */
export class Realms {
  readonly #byKey: ReadonlyMap<string, Realm>;

  constructor(keys: readonly string[], node: NodeId, limits: RealmLimits, isSingleNode = true) {
    this.#byKey = new Map(keys.map((key) => [key, new Realm({ key: realmKey(key), node, isSingleNode }, limits)]));
  }

  /** O2: the realm of a key. @param key any text. @returns undefined for an unknown key. */
  find(key: string): Realm | undefined {
    return this.#byKey.get(key);
  }

  /** The realm for clients that send no key: that of the first key. */
  get first(): Realm {
    const [first] = this.#byKey.values();
    invariant(first !== undefined, 'there is at least one key');
    return first;
  }

  all(): Realm[] {
    return [...this.#byKey.values()];
  }
}
