/** Answers that somebody asks for once, and soon. Those that nobody asks for are forgotten. */
export class ResultCache<T> {
  #young = new Map<number, T>();
  #old = new Map<number, T>();

  set(key: number, answer: T): void {
    this.#young.set(key, answer);
  }

  take(key: number): T | undefined {
    const answer = this.#young.get(key) ?? this.#old.get(key);
    this.#young.delete(key);
    this.#old.delete(key);
    return answer;
  }

  /** Takes over what nobody has asked another one for. */
  merge(other: ResultCache<T>): void {
    for (const [key, answer] of [...other.#old, ...other.#young]) if (!this.#young.has(key)) this.#young.set(key, answer);
  }

  /** Forgets what was there already at the call before. */
  evictOld(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
