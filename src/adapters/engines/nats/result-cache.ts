/** Results that are taken once, soon after they are stored. Results that are not taken are evicted. */
export class ResultCache<T> {
  #young = new Map<number, T>();
  #old = new Map<number, T>();

  set(key: number, result: T): void {
    this.#young.set(key, result);
  }

  take(key: number): T | undefined {
    const result = this.#young.get(key) ?? this.#old.get(key);
    this.#young.delete(key);
    this.#old.delete(key);
    return result;
  }

  /** Copies the results of another cache that were not taken. */
  merge(other: ResultCache<T>): void {
    for (const [key, result] of [...other.#old, ...other.#young]) if (!this.#young.has(key)) this.#young.set(key, result);
  }

  /** Evicts the results that were stored before the previous call. */
  evictOld(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
