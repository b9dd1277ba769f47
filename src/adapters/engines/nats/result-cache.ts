/** Results that are taken once, soon after they are stored. Results that are not taken are evicted. */
export class ResultCache<K, T> {
  #young = new Map<K, T>();
  #old = new Map<K, T>();

  set(key: K, result: T): void {
    this.#young.set(key, result);
  }

  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  take(key: K): T | undefined {
    const result = this.#young.get(key) ?? this.#old.get(key);
    this.#young.delete(key);
    this.#old.delete(key);
    return result;
  }

  /** Copies the results of another cache that were not taken. */
  merge(other: ResultCache<K, T>): void {
    for (const [key, result] of [...other.#old, ...other.#young]) if (!this.#young.has(key)) this.#young.set(key, result);
  }

  /** Evicts the results that were stored before the previous call. */
  evictOld(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
