const OTHER = 'other';
const MAX_REALMS = 50;

/** The values of the label `realm`: the first 50 keys. All other realms, and those by pattern, share one value. */
export class RealmLabels {
  readonly #named: ReadonlySet<string>;

  /** @param keys literal keys and patterns of the configuration. */
  constructor(keys: readonly string[]) {
    this.#named = new Set(keys.slice(0, MAX_REALMS));
  }

  of(key: string): string {
    return this.#named.has(key) ? key : OTHER;
  }
}
