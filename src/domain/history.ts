import type { Publication } from './topic.ts';

/** T6: how much of what was published is kept for those who come back. */
export interface HistoryLimits {
  /** Publications; 0 keeps none. */
  readonly historyMessages: number;
  readonly historyBytes: number;
}

/** What somebody missed. */
export interface Missed {
  /** MER5: the publication before the first of them; EARLIEST where nothing was ever forgotten. */
  readonly startsAfter: string;
  readonly publications: readonly Publication[];
}

/** MER5: asks for, and tells of, the time before the first publication. */
export const EARLIEST = 'earliest';

/** What was published last, the oldest first, within two bounds. */
export class History {
  readonly #limits: HistoryLimits;
  /** From a publication's id to its number; of an id that is used again, to the last. */
  readonly #numbers = new Map<string, number>();
  readonly #kept = new Map<number, Publication>();
  #oldest = 0;
  #next = 0;
  #bytes = 0;
  #forgotten = EARLIEST;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Keeps a copy, and forgets what there is no room for any more: it may be this one. */
  keep(publication: Publication): void {
    this.#kept.set(this.#next, { ...publication, payload: new Uint8Array(publication.payload) });
    this.#numbers.set(publication.id, this.#next);
    this.#next += 1;
    this.#bytes += weightOf(publication);
    while (this.#kept.size > this.#limits.historyMessages || this.#bytes > this.#limits.historyBytes) this.#forgetOldest();
  }

  /** MER5. @param since a publication's id, or EARLIEST. What is not known misses all that is kept. */
  since(since: string): Missed {
    const known = this.#numbers.get(since);
    const publications: Publication[] = [];
    for (let number = known === undefined ? this.#oldest : known + 1; number < this.#next; number++) {
      publications.push(this.#kept.get(number) as Publication);
    }
    return { startsAfter: known === undefined ? this.#forgotten : since, publications };
  }

  #forgetOldest(): void {
    const oldest = this.#kept.get(this.#oldest) as Publication;
    this.#kept.delete(this.#oldest);
    if (this.#numbers.get(oldest.id) === this.#oldest) this.#numbers.delete(oldest.id);
    this.#bytes -= weightOf(oldest);
    this.#forgotten = oldest.id;
    this.#oldest += 1;
  }
}

// About what V8 spends on the objects and the table entries.
const ENVELOPE_BYTES = 256;

function weightOf({ id, topics, payload, type }: Publication): number {
  let characters = id.length + (type?.length ?? 0);
  for (const topic of topics) characters += topic.length;
  return ENVELOPE_BYTES + 2 * characters + payload.length;
}
