import type { Millis } from '../../../src/domain/time.ts';

/** An entry of a stream. */
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

interface StreamOptions {
  /** Number of entries that are kept of each key. */
  readonly history: number;
  /** The last revision before the first entry. */
  readonly last: number;
  /** An entry of the key was dropped, because there are more. */
  readonly onDropped?: (key: string) => void;
}

/** A NATS stream that keeps the last entries of each key, as a bucket does. */
export class SimulatedStream {
  /** Time of its creation, as a text. */
  readonly created: string;
  readonly #now: () => Millis;
  readonly #history: number;
  readonly #onDropped: StreamOptions['onDropped'];
  readonly #all = new Map<number, StoredEntry>();
  readonly #byKey = new Map<string, number[]>();
  readonly #messageIds = new Map<string, number>();
  /** The last revision before the first entry. */
  readonly #before: number;
  /** The last revision. */
  #last: number;

  constructor(created: string, now: () => Millis, { history, last, onDropped }: StreamOptions) {
    this.created = created;
    this.#before = last;
    this.#last = last;
    this.#now = now;
    this.#history = history;
    this.#onDropped = onDropped;
  }

  /** @returns the revision of the entry, or the conflicting revision. */
  write({ key, body, expectedRevision, messageId }: StreamWrite): { readonly revision: number } | { readonly conflict: number } {
    const known = messageId === undefined ? undefined : this.#messageIds.get(messageId);
    if (known !== undefined) return { revision: known };
    const before = this.#byKey.get(key) ?? [];
    const conflict = before.at(-1) ?? 0;
    if (expectedRevision !== undefined && expectedRevision !== conflict) return { conflict };
    const revision = ++this.#last;
    this.#all.set(revision, { key, body, revision, at: this.#now() });
    this.#byKey.set(key, [...before, revision]);
    if (before.length >= this.#history) {
      this.delete(before[0] ?? 0);
      this.#onDropped?.(key);
    }
    if (messageId !== undefined) this.#messageIds.set(messageId, revision);
    return { revision };
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

  /** Entries after a revision, in order. */
  after(revision: number): StoredEntry[] {
    const entries: StoredEntry[] = [];
    for (let next = Math.max(revision, this.#before) + 1; next <= this.#last; next++) {
      const stored = this.#all.get(next);
      if (stored !== undefined) entries.push(stored);
    }
    return entries;
  }
}
