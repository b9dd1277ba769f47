import type { KvWatchEntry } from '@nats-io/kv';
import {
  decodeBatch,
  decodeClaim,
  decodeLease,
  decodeMarker,
  decodeRemoval,
  type EntryFault,
  type ClaimEntry,
} from './entries.ts';
import type { Millis } from '../../../domain/time.ts';
import { FORMAT_VERSION } from '../shared/format-version.ts';
import { FormatUse } from './format-use.ts';
import { parseKey, type EntryKey } from './keys.ts';
import { JournalState, type JournalStateSettings } from './journal-state.ts';
import type { EntryPosition } from './known-claim.ts';
import type { JournalEvent } from './journal-events.ts';

/** Reads a journal from the beginning, and applies the entries to a state. */
export class JournalReader {
  readonly state: JournalState;
  readonly formats: FormatUse;
  readonly #onRejected: (fault: EntryFault) => void;
  #position = 0;
  #waiting: { readonly revision: number; readonly resolve: () => void }[] = [];

  /** @param before the reader that this one replaces. */
  constructor(settings: JournalStateSettings, onRejected: (fault: EntryFault) => void, before?: JournalReader) {
    this.state = new JournalState(settings, before?.state);
    this.formats = new FormatUse(settings.lease);
    this.#onRejected = onRejected;
  }

  /** Resolves when the entry of a revision is applied, or `stop` is called. */
  waitFor(revision: number): Promise<void> {
    if (this.#position >= revision) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  /** Resolves all waiting calls, because another reader takes over. */
  stop(): void {
    this.#resolveWaiting(Number.POSITIVE_INFINITY);
  }

  /** Applies the next entry. Entries that cannot be decoded are ignored and reported. */
  apply(entry: KvWatchEntry): readonly JournalEvent[] {
    const key = parseKey(entry.key);
    const position = { revision: entry.revision, at: entry.created.getTime() };
    const events = key === undefined ? NO_EVENTS : this.#applyEntry(key, entry, position);
    this.#position = entry.revision;
    if (this.#waiting.length > 0) this.#resolveWaiting(entry.revision);
    return events;
  }

  #applyEntry(key: EntryKey, { operation, value }: KvWatchEntry, position: EntryPosition): readonly JournalEvent[] {
    const { state } = this;
    const isDeleted = operation !== 'PUT';
    if (key.kind === 'claim') {
      const decoded = isDeleted ? FREED_CLAIM : decodeClaim(value);
      return 'why' in decoded
        ? this.#reject(decoded)
        : state.applyClaim(key.id, decoded, { ...position, ...timeOverride(decoded) });
    }
    if (isDeleted) return NO_EVENTS;
    if (key.kind === 'batch') {
      const decoded = decodeBatch(value);
      return 'why' in decoded
        ? this.#reject(decoded)
        : state.applyBatch(key, decoded.messages, { ...position, ...timeOverride(decoded) });
    }
    if (key.kind === 'removal') {
      const decoded = decodeRemoval(value);
      if ('why' in decoded) return this.#reject(decoded);
      state.applyRemoval(key.id, decoded, { ...position, ...timeOverride(decoded) });
      return NO_EVENTS;
    }
    if (key.kind === 'lease') {
      const decoded = decodeLease(value);
      if ('why' in decoded) return this.#reject(decoded);
      const { version, at = position.at } = decoded;
      this.formats.renew(version, at);
      if (version !== FORMAT_VERSION) return this.#reject({ why: 'unknown-version', version });
      state.applyLease(key.node, { ...position, at });
      return NO_EVENTS;
    }
    const decoded = decodeMarker(value);
    if ('why' in decoded) return this.#reject(decoded);
    state.applyTick({ ...position, ...decoded });
    return NO_EVENTS;
  }

  #reject(fault: EntryFault): readonly JournalEvent[] {
    this.#onRejected(fault);
    return NO_EVENTS;
  }

  #resolveWaiting(position: number): void {
    const due = this.#waiting.filter(({ revision }) => revision <= position);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ revision }) => revision > position);
    for (const { resolve } of due) resolve();
  }
}

const FREED_CLAIM: ClaimEntry & { readonly at?: Millis } = { owner: undefined, changeId: '' };
const NO_EVENTS: readonly JournalEvent[] = [];

function timeOverride({ at }: { readonly at?: Millis }): { readonly at?: Millis } {
  return at === undefined ? {} : { at };
}
