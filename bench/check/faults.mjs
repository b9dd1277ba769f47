/* The faults of a server. One fault fails a run; many faults of one kind are reported once, with examples. */

const EXAMPLES = 3;

export class Faults {
  /** @type {Map<string, { count: number, examples: string[] }>} */
  #byKind = new Map();

  /** @param {string} kind a short name @param {string} example */
  note(kind, example) {
    const seen = this.#byKind.get(kind) ?? { count: 0, examples: [] };
    this.#byKind.set(kind, seen);
    seen.count += 1;
    if (seen.examples.length < EXAMPLES) seen.examples.push(example.slice(0, 300));
  }

  get count() {
    return [...this.#byKind.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** @returns {{ kind: string, count: number, examples: string[] }[]} */
  all() {
    return Array.from(this.#byKind, ([kind, seen]) => ({ kind, ...seen }));
  }
}
