import type { Millis } from '../../../src/domain/time.ts';

/** An entry as it stands in a stream. */
export interface Stored {
  readonly key: string;
  readonly body: Uint8Array;
  readonly revision: number;
  readonly at: Millis;
}

export interface Offered {
  readonly key: string;
  readonly body: Uint8Array;
  readonly expected: number | undefined;
  readonly ticket: string | undefined;
}

/** A stream of NATS that keeps the last entries of each key, as a bucket has it. */
export class Stream {
  readonly #now: () => Millis;
  readonly #history: number;
  readonly #all = new Map<number, Stored>();
  readonly #byKey = new Map<string, number[]>();
  readonly #tickets = new Map<string, number>();
  #last = 0;

  /** @param history entries of one key that are kept. */
  constructor(now: () => Millis, history: number) {
    this.#now = now;
    this.#history = history;
  }

  /** @returns where it stands, or what stands there instead. */
  write({ key, body, expected, ticket }: Offered): { readonly at: number } | { readonly instead: number } {
    const known = ticket === undefined ? undefined : this.#tickets.get(ticket);
    if (known !== undefined) return { at: known };
    const before = this.#byKey.get(key) ?? [];
    const instead = before.at(-1) ?? 0;
    if (expected !== undefined && expected !== instead) return { instead };
    const revision = ++this.#last;
    this.#all.set(revision, { key, body, revision, at: this.#now() });
    this.#byKey.set(key, [...before, revision]);
    if (before.length >= this.#history) this.erase(before[0] ?? 0);
    if (ticket !== undefined) this.#tickets.set(ticket, revision);
    return { at: revision };
  }

  erase(revision: number): boolean {
    const stored = this.#all.get(revision);
    if (stored === undefined) return false;
    const left = (this.#byKey.get(stored.key) ?? []).filter((other) => other !== revision);
    if (left.length === 0) this.#byKey.delete(stored.key);
    else this.#byKey.set(stored.key, left);
    return this.#all.delete(revision);
  }

  get(revision: number): Stored | undefined {
    return this.#all.get(revision);
  }

  /** What stands behind a revision, in order. */
  after(revision: number): Stored[] {
    return [...this.#all.values()].filter((stored) => stored.revision > revision);
  }
}
