import type { Millis } from '../../../src/domain/time.ts';

/** An entry as it stands in a stream. */
export interface StoredEntry {
  readonly key: string;
  readonly body: Uint8Array;
  readonly revision: number;
  readonly at: Millis;
}

export interface StreamWrite {
  readonly key: string;
  readonly body: Uint8Array;
  readonly expectedRevision: number | undefined;
  readonly messageId: string | undefined;
}

/** A stream of NATS that keeps the last entries of each key, as a bucket has it. */
export class SimulatedStream {
  readonly #now: () => Millis;
  readonly #history: number;
  readonly #all = new Map<number, StoredEntry>();
  readonly #byKey = new Map<string, number[]>();
  readonly #messageIds = new Map<string, number>();
  #last = 0;

  /** @param history entries of one key that are kept. */
  constructor(now: () => Millis, history: number) {
    this.#now = now;
    this.#history = history;
  }

  /** @returns where it stands, or what stands there instead. */
  write({ key, body, expectedRevision, messageId }: StreamWrite): { readonly at: number } | { readonly instead: number } {
    const known = messageId === undefined ? undefined : this.#messageIds.get(messageId);
    if (known !== undefined) return { at: known };
    const before = this.#byKey.get(key) ?? [];
    const instead = before.at(-1) ?? 0;
    if (expectedRevision !== undefined && expectedRevision !== instead) return { instead };
    const revision = ++this.#last;
    this.#all.set(revision, { key, body, revision, at: this.#now() });
    this.#byKey.set(key, [...before, revision]);
    if (before.length >= this.#history) this.delete(before[0] ?? 0);
    if (messageId !== undefined) this.#messageIds.set(messageId, revision);
    return { at: revision };
  }

  delete(revision: number): boolean {
    const stored = this.#all.get(revision);
    if (stored === undefined) return false;
    const left = (this.#byKey.get(stored.key) ?? []).filter((other) => other !== revision);
    if (left.length === 0) this.#byKey.delete(stored.key);
    else this.#byKey.set(stored.key, left);
    return this.#all.delete(revision);
  }

  get(revision: number): StoredEntry | undefined {
    return this.#all.get(revision);
  }

  /** What stands behind a revision, in order. */
  after(revision: number): StoredEntry[] {
    return [...this.#all.values()].filter((stored) => stored.revision > revision);
  }
}
