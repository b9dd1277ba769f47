import { realmKey } from './ids.ts';
import { Realm, type RealmLimits } from './realm.ts';

/** All realms of a broker: one for each key that it was given. */
export class Realms {
  readonly #byKey: ReadonlyMap<string, Realm>;

  constructor(keys: readonly string[], limits: RealmLimits) {
    this.#byKey = new Map(keys.map((key) => [key, new Realm(realmKey(key), limits)]));
  }

  /** O2: the realm of a key; undefined for a key that nobody gave out. @param key any text. */
  find(key: string): Realm | undefined {
    return this.#byKey.get(key);
  }

  all(): Realm[] {
    return [...this.#byKey.values()];
  }
}
