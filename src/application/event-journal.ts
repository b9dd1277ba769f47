import type { Clock } from './ports/clock.ts';
import type { Log, LogEvent } from './ports/log.ts';
import type { CloseEntry, CloseEvent, RefusalEntry, RefusalEvent } from './ports/operations.ts';

/** An entry, without the node that keeps it. */
type OwnEntry<Entry> = Omit<Entry, 'node'>;

/** Entries of each kind. */
export const MAX_ENTRIES = 200;

/** ADM5: keeps the last refusals and closes with their reasons, and passes every event to the log. */
export class EventJournal implements Log {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #refusals = new Ring<OwnEntry<RefusalEntry>>();
  readonly #closes = new Ring<OwnEntry<CloseEntry>>();
  #opened = 0;

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  record(event: LogEvent): void {
    this.#log.record(event);
    if (event.event === 'peer-opened') this.#opened += 1;
    else if (event.event === 'peer-closed') this.#closes.add(closeEntry(event, this.#clock.now()));
    else if (isRefusal(event)) this.#refusals.add(refusalEntry(event, this.#clock.now()));
  }

  /** The latest first. */
  refusals(): OwnEntry<RefusalEntry>[] {
    return this.#refusals.latestFirst();
  }

  /** The latest first. */
  closes(): OwnEntry<CloseEntry>[] {
    return this.#closes.latestFirst();
  }

  /** Events since the start. */
  counts(): { readonly opened: number; readonly closed: number; readonly refused: number } {
    return { opened: this.#opened, closed: this.#closes.added, refused: this.#refusals.added };
  }
}

/** The last entries, in a list of fixed size. */
class Ring<Entry> {
  readonly #entries: Entry[] = [];
  #added = 0;

  get added(): number {
    return this.#added;
  }

  add(entry: Entry): void {
    this.#entries[this.#added % MAX_ENTRIES] = entry;
    this.#added += 1;
  }

  latestFirst(): Entry[] {
    const next = this.#added % MAX_ENTRIES;
    return [...this.#entries.slice(next), ...this.#entries.slice(0, next)].reverse();
  }
}

/** Copies texts only, because a session would keep its connection in memory. */
function closeEntry({ session, ending, end, passage }: CloseEvent, at: number): OwnEntry<CloseEntry> {
  return {
    at,
    why: ending,
    by: end.by,
    code: end.code,
    realm: session.realm.key,
    id: session.id,
    address: passage?.address,
    openFor: passage?.lifetime,
  };
}

function refusalEntry(event: RefusalEvent, at: number): OwnEntry<RefusalEntry> {
  const limit = event.limit?.option;
  if (event.event !== 'connection-refused') {
    const { request, status, why } = event;
    const { address, path } = request;
    const key = event.event === 'upgrade-refused' ? event.key : undefined;
    const kind = event.event === 'upgrade-refused' ? 'upgrade' : 'request';
    return { at, kind, why, detail: undefined, address, realm: shortened(key), id: undefined, path, status, limit };
  }
  const { refusal, address, realm, key, id } = event;
  const detail = 'detail' in refusal ? refusal.detail : undefined;
  const place = { path: undefined, status: undefined };
  return { at, kind: 'connection', why: refusal.reason, detail, address, realm: realm ?? shortened(key), id, ...place, limit };
}

function isRefusal(event: LogEvent): event is RefusalEvent {
  return event.event === 'connection-refused' || event.event === 'upgrade-refused' || event.event === 'request-refused';
}

const MAX_TEXT = 200;

function shortened(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TEXT);
}
