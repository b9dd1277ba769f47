import type { KvWatchEntry } from '@nats-io/kv';
import { readBag, readSeat, readSign, readTaken, type EntryFault, type Seat } from './entries.ts';
import type { Millis } from '../../../domain/time.ts';
import { placeOf, type Place } from './keys.ts';
import { Ledger, type LedgerSettings, type News, type Written } from './ledger.ts';

/** One reading of a journal, from its beginning on, into a ledger. */
export class Reading {
  readonly ledger: Ledger;
  readonly #onRefused: (fault: EntryFault) => void;
  #position = 0;
  #waiting: { readonly revision: number; readonly go: () => void }[] = [];

  /** @param before the reading that this one takes the place of. */
  constructor(settings: LedgerSettings, onRefused: (fault: EntryFault) => void, before?: Reading) {
    this.ledger = new Ledger(settings, before?.ledger);
    this.#onRefused = onRefused;
  }

  /** Resolves when the ledger knows of an entry, or `finish` was called. */
  reaches(revision: number): Promise<void> {
    if (this.#position >= revision) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ revision, go }));
  }

  /** Another reading knows more. */
  finish(): void {
    this.#release(Number.POSITIVE_INFINITY);
  }

  /** The next entry. What this version can't read says nothing. */
  read(entry: KvWatchEntry): readonly News[] {
    const place = placeOf(entry.key);
    const written = { revision: entry.revision, at: entry.created.getTime() };
    const news = place === undefined ? NONE : this.#enter(place, entry, written);
    this.#position = entry.revision;
    if (this.#waiting.length > 0) this.#release(entry.revision);
    return news;
  }

  #enter(place: Place, { operation, value }: KvWatchEntry, written: Written): readonly News[] {
    const { ledger } = this;
    const isErased = operation !== 'PUT';
    if (place.of === 'seat') {
      const said = isErased ? FREE : readSeat(value);
      return 'why' in said ? this.#refuse(said) : ledger.readSeat(place.id, said, { ...written, ...timeIn(said) });
    }
    if (isErased) return NONE;
    if (place.of === 'bag') {
      const said = readBag(value);
      return 'why' in said ? this.#refuse(said) : ledger.readBag(place, said.letters, { ...written, ...timeIn(said) });
    }
    if (place.of === 'taken') {
      const said = readTaken(value);
      if ('why' in said) return this.#refuse(said);
      ledger.readTaken(place.id, said, { ...written, ...timeIn(said) });
      return NONE;
    }
    const said = readSign(value);
    if ('why' in said) return this.#refuse(said);
    if (place.of === 'lease') ledger.readLease(place.node, { ...written, ...said });
    else ledger.readTick({ ...written, ...said });
    return NONE;
  }

  #refuse(fault: EntryFault): readonly News[] {
    this.#onRefused(fault);
    return NONE;
  }

  #release(position: number): void {
    const due = this.#waiting.filter(({ revision }) => revision <= position);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ revision }) => revision > position);
    for (const { go } of due) go();
  }
}

const FREE: Seat & { readonly at?: Millis } = { owner: undefined, by: '' };
const NONE: readonly News[] = [];

function timeIn({ at }: { readonly at?: Millis }): { readonly at?: Millis } {
  return at === undefined ? {} : { at };
}
