import type { Clock, Wakeup } from '../../../application/ports/clock.ts';
import type {
  ExpireAnswer,
  ExpiredInRealm,
  HeldMessages,
  HoldAnswer,
  MailboxPeer,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import { realmKey, type PeerId, type RealmKey } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MemoryBudget } from '../../../domain/memory-budget.ts';
import type { MessageKind, SignalMessage } from '../../../domain/message.ts';
import { momentOf, unixTimeOf, type Millis, type TimeOfDay } from '../../../domain/time.ts';
import { ownerOf } from '../../../domain/token.ts';
import { RealmTables } from '../shared/realm-tables.ts';
import type { Change, Journal, ReadMessage, StoredMessage } from './journal.ts';

/** The parts of the store beside its limits. */
export interface SqliteStoreParts {
  readonly journal: Journal;
  readonly clock: Clock;
  /** B1, B2: counts the memory of the messages. */
  readonly memory?: MemoryBudget | undefined;
}

/** A call that waits for its transaction, or for those of earlier calls. */
interface Pending {
  readonly change: Change | undefined;
  readonly answer: (failure: string | undefined) => void;
}

/** The calls and the bytes of one transaction: its answers take a few milliseconds of the event loop. */
const BATCH_CALLS = 100;
const BATCH_BYTES = 1024 * 1024;
/** Pause before the next attempt to write, after a failure. */
const RETRY: Millis = 1_000;
// The port promises no complete list.
const MAX_LISTED = 1_000;

/**
 * Mailboxes in memory, and the same messages in a database, for the next process (M24). Limits, order and expiry are those of the
 * memory; the database is only read at the start. Calls of one turn of the event loop share one transaction. While it runs,
 * further calls wait for the next one.
 */
export class SqliteMailboxStore implements MailboxStore {
  readonly #limits: MailboxLimits;
  readonly #parts: SqliteStoreParts;
  readonly #tables: RealmTables;
  #time: TimeOfDay | undefined;
  readonly #pending: Pending[] = [];
  #isWriting = false;
  #isScheduled = false;
  /** Deletions that failed, by the mailbox or for all expired messages. They are repeated before any later change. */
  readonly #unwritten = new Map<string, Change>();
  /** Messages whose insertion failed after a take had removed them from memory. */
  readonly #failed = new WeakSet<SignalMessage>();
  /** Stored messages that exceed the limits, which may be lower than those of the last process. */
  #rejected: ExpiredInRealm[] = [];
  #failure: string | undefined;
  #retry: Wakeup | undefined;
  #onIdle: () => void = () => undefined;

  constructor(limits: MailboxLimits, parts: SqliteStoreParts) {
    this.#limits = limits;
    this.#parts = parts;
    this.#tables = new RealmTables(limits, parts.memory);
  }

  async start(time: TimeOfDay): Promise<void> {
    this.#time = time;
    const { journal } = this.#parts;
    await journal.open({ now: time.now(), unixTime: time.unixTime() }, (messages) => {
      for (const message of messages) this.#restore(message, time);
    });
  }

  /** Waits for all transactions. */
  async close(): Promise<void> {
    this.#retry?.cancel();
    if (this.#isWriting || this.#pending.length > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#retry?.cancel();
    await this.#parts.journal.close();
  }

  health(): string | undefined {
    return this.#failure;
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    const copy = ownCopy(message);
    const table = this.#tables.open(realm);
    const exceeded = table.put(copy, now, { address: sender?.memory?.address, isCopied: true });
    if (exceeded !== undefined) return this.#submit(undefined, () => answer('full', exceeded));
    this.#submit({ do: 'insert', message: this.#stored(realm, copy, now), moment: now }, (failure) => {
      if (failure !== undefined && !table.withdraw(copy)) this.#failed.add(copy);
      answer(failure === undefined ? 'held' : 'failed');
    });
  }

  /** O11: the messages are delivered when their deletion is written, so that no later process delivers them again. */
  take({ realm, id }: MailboxPeer, answer: TakeAnswer, now: Millis = 0): void {
    const waits: Millis[] = [];
    const messages = this.#tables.find(realm.key)?.take(id, now, waits) ?? [];
    const change: Change | undefined = messages.length === 0 ? undefined : { do: 'delete', realm: realm.key, to: id };
    const isStored = (index: number): boolean => !this.#failed.has(messages[index] as SignalMessage);
    this.#submit(change, () =>
      answer(
        messages.filter((_, index) => isStored(index)),
        [],
        'held',
        waits.filter((_, index) => isStored(index)),
      ),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#submit(undefined, () => answer(this.#tables.find(realm)?.recipients(MAX_LISTED) ?? []));
  }

  measure(realm: RealmKey, id: PeerId, answer: (held: HeldMessages) => void): void {
    this.#submit(undefined, () => answer(this.#tables.find(realm)?.sizeOf(id) ?? { messages: 0, bytes: 0 }));
  }

  expire(now: Millis, answer: ExpireAnswer): void {
    const isAnyDue = this.#tables.nextDeadline() <= now;
    const { expired, isMore } = this.#tables.expire(now);
    const all = [...this.#rejected, ...expired];
    this.#rejected = [];
    const change: Change | undefined = isAnyDue ? { do: 'expire', until: now - this.#limits.expireTimeout } : undefined;
    this.#submit(change, () => answer(all, isMore));
  }

  heldIn(realm: RealmKey): HeldMessages {
    return this.#tables.heldIn(realm);
  }

  nextDeadline(): Millis {
    return this.#rejected.length > 0 ? (this.#time?.now() ?? 0) : this.#tables.nextDeadline();
  }

  /** Mailboxes and bytes in all realms. */
  usage(): { readonly mailboxes: number; readonly bytes: number } {
    return this.#tables.usage();
  }

  #restore({ realm, kind, from, to, payload, proof, arrivedAt, sequence }: ReadMessage, time: TimeOfDay): void {
    const owner = proof === undefined ? undefined : ownerOf(proof);
    const [key, sender, recipient] = [realmKey(realm), from as PeerId, to as PeerId];
    const message: SignalMessage = { kind: kind as MessageKind, from: sender, to: recipient, payload, owner };
    if (this.#tables.open(key).put(message, momentOf(arrivedAt, time), { isCopied: true }) === undefined) return;
    this.#submit({ do: 'discard', sequence }, () => undefined);
    this.#rejected.push({ realm: key, from: sender, to: recipient, owner });
  }

  #stored(realm: RealmKey, { kind, from, to, payload, owner }: SignalMessage, now: Millis): StoredMessage {
    const arrivedAt = this.#time === undefined ? now : unixTimeOf(now, this.#time);
    return { realm, kind, from, to, payload, proof: owner?.proof, arrivedAt };
  }

  /** Answers at once if the call changes nothing, and no earlier call waits. */
  #submit(change: Change | undefined, answer: Pending['answer']): void {
    if (change === undefined && this.#pending.length === 0 && !this.#isWriting) return answer(undefined);
    this.#pending.push({ change, answer });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isWriting || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  #write(): void {
    const batch = this.#pending.splice(0, batchLength(this.#pending));
    this.#isWriting = true;
    const changes = batch.flatMap(({ change }) => (change === undefined ? [] : [change]));
    if (changes.length === 0 && this.#failure === undefined) return this.#answer(batch, undefined);
    this.#parts.journal.commit([...this.#unwritten.values(), ...changes], (failure) => {
      this.#settle(changes, failure);
      this.#answer(batch, failure);
    });
  }

  #answer(batch: readonly Pending[], failure: string | undefined): void {
    for (const { answer } of batch) answer(failure);
    this.#isWriting = false;
    if (this.#pending.length > 0) this.#schedule();
    else this.#onIdle();
  }

  #settle(changes: readonly Change[], failure: string | undefined): void {
    this.#failure = failure;
    if (failure === undefined) return this.#unwritten.clear();
    for (const change of changes) {
      if (change.do === 'delete') this.#unwritten.set(JSON.stringify([change.realm, change.to]), change);
      else if (change.do === 'expire') this.#unwritten.set('', change);
      else if (change.do === 'discard') this.#unwritten.set(String(change.sequence), change);
    }
    const { clock } = this.#parts;
    this.#retry?.cancel();
    // An empty batch writes too, so it shows whether the database can write again.
    this.#retry = clock.wakeAt(clock.now() + RETRY, () => {
      this.#pending.push({ change: undefined, answer: () => undefined });
      this.#schedule();
    });
  }
}

/** The number of calls for the next transaction, at least one. */
function batchLength(pending: readonly Pending[]): number {
  let bytes = 0;
  for (const [index, { change }] of pending.entries()) {
    bytes += change?.do === 'insert' ? (change.message.payload?.length ?? 0) : 0;
    if (index > 0 && (index === BATCH_CALLS || bytes > BATCH_BYTES)) return index;
  }
  return pending.length;
}

/** A copy with bytes of its own: the table, the journal and the answer of a take share it. */
function ownCopy({ kind, from, to, payload, owner }: SignalMessage): SignalMessage {
  return { kind, from, to, payload: payload === undefined ? undefined : new Uint8Array(payload), owner };
}
