import type { KvWatchEntry } from '@nats-io/kv';
import { decodeBatch, decodeClaim, decodeMarker, decodeRemoval, type EntryFault, type ClaimEntry } from './entries.ts';
import type { Millis } from '../../../domain/time.ts';
import { parseKey, type EntryKey } from './keys.ts';
import { JournalState, type JournalStateSettings, type JournalEvent, type EntryPosition } from './journal-state.ts';

/** One reading of a journal, from its beginning on, into a ledger. */
export class JournalReader {
  readonly ledger: JournalState;
  readonly #onRefused: (fault: EntryFault) => void;
  #position = 0;
  #waiting: { readonly revision: number; readonly go: () => void }[] = [];

  /** @param before the reading that this one takes the place of. */
  constructor(settings: JournalStateSettings, onRefused: (fault: EntryFault) => void, before?: JournalReader) {
    this.ledger = new JournalState(settings, before?.ledger);
    this.#onRefused = onRefused;
  }

  /** Resolves when the ledger knows of an entry, or `finish` was called. */
  waitFor(revision: number): Promise<void> {
    if (this.#position >= revision) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ revision, go }));
  }

  /** Another reading knows more. */
  stop(): void {
    this.#resolveWaiting(Number.POSITIVE_INFINITY);
  }

  /** The next entry. What this version can't read says nothing. */
  apply(entry: KvWatchEntry): readonly JournalEvent[] {
    const place = parseKey(entry.key);
    const written = { revision: entry.revision, at: entry.created.getTime() };
    const news = place === undefined ? NO_EVENTS : this.#applyEntry(place, entry, written);
    this.#position = entry.revision;
    if (this.#waiting.length > 0) this.#resolveWaiting(entry.revision);
    return news;
  }

  #applyEntry(place: EntryKey, { operation, value }: KvWatchEntry, written: EntryPosition): readonly JournalEvent[] {
    const { ledger } = this;
    const isErased = operation !== 'PUT';
    if (place.of === 'seat') {
      const said = isErased ? FREED_CLAIM : decodeClaim(value);
      return 'why' in said ? this.#reject(said) : ledger.applyClaim(place.id, said, { ...written, ...timeOverride(said) });
    }
    if (isErased) return NO_EVENTS;
    if (place.of === 'bag') {
      const said = decodeBatch(value);
      return 'why' in said ? this.#reject(said) : ledger.applyBatch(place, said.letters, { ...written, ...timeOverride(said) });
    }
    if (place.of === 'taken') {
      const said = decodeRemoval(value);
      if ('why' in said) return this.#reject(said);
      ledger.applyRemoval(place.id, said, { ...written, ...timeOverride(said) });
      return NO_EVENTS;
    }
    const said = decodeMarker(value);
    if ('why' in said) return this.#reject(said);
    if (place.of === 'lease') ledger.applyLease(place.node, { ...written, ...said });
    else ledger.applyTick({ ...written, ...said });
    return NO_EVENTS;
  }

  #reject(fault: EntryFault): readonly JournalEvent[] {
    this.#onRefused(fault);
    return NO_EVENTS;
  }

  #resolveWaiting(position: number): void {
    const due = this.#waiting.filter(({ revision }) => revision <= position);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ revision }) => revision > position);
    for (const { go } of due) go();
  }
}

const FREED_CLAIM: ClaimEntry & { readonly at?: Millis } = { owner: undefined, changeId: '' };
const NO_EVENTS: readonly JournalEvent[] = [];

function timeOverride({ at }: { readonly at?: Millis }): { readonly at?: Millis } {
  return at === undefined ? {} : { at };
}
