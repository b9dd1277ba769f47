import { MemoryMailboxStore } from '../../adapters/mailboxes/memory/store.ts';
import type { ExpireAnswer, HoldAnswer, HoldOutcome, MailboxPeer, TakeAnswer } from '../../application/ports/mailbox-store.ts';
import type { RealmKey } from '../../domain/ids.ts';
import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import { copyMessage, type SignalMessage } from '../../domain/message.ts';
import { momentOf, unixTimeOf, type Millis, type TimeOfDay } from '../../domain/time.ts';

/* A durable store on a list that outlives it, and stores with one fault each. */

interface Entry {
  readonly realm: RealmKey;
  readonly message: SignalMessage;
  readonly arrivedAt: number;
}

/** The part of a store that outlives its process. */
export class MemoryDisk {
  entries: Entry[] = [];
  isFull = false;
}

const DISCARD = (): void => undefined;

/** Correct: writes each change at once. */
export class DurableMemoryStore extends MemoryMailboxStore {
  protected readonly disk: MemoryDisk;
  protected readonly limits: MailboxLimits;
  protected time: TimeOfDay | undefined;
  /** Deletions that the disk has not accepted yet. */
  #deletions: ((entry: Entry) => boolean)[] = [];

  constructor(limits: MailboxLimits, disk: MemoryDisk) {
    super(limits);
    this.limits = limits;
    this.disk = disk;
  }

  start(time: TimeOfDay): void {
    this.time = time;
    for (const { realm, message, arrivedAt } of this.disk.entries) this.restore(realm, message, arrivedAt, time);
  }

  health(): string | undefined {
    return this.disk.isFull ? 'the disk is full' : undefined;
  }

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    if (this.disk.isFull) return answer(this.outcomeOfFailure(realm, message, now));
    super.put(realm, sender, message, now, (outcome, ...rest) => {
      if (outcome === 'held') this.write({ realm, message: copyMessage(message), arrivedAt: this.stamp(now) });
      answer(outcome, ...rest);
    });
  }

  override take(taker: MailboxPeer, answer: TakeAnswer, now?: Millis): void {
    this.delete(({ realm, message }) => realm === taker.realm.key && message.to === taker.id);
    super.take(taker, answer, now);
  }

  override expire(now: Millis, answer: ExpireAnswer): void {
    const oldest = this.stamp(now) - this.limits.expireTimeout;
    this.delete(({ arrivedAt }) => arrivedAt <= oldest);
    super.expire(now, answer);
  }

  protected restore(realm: RealmKey, message: SignalMessage, arrivedAt: number, time: TimeOfDay): void {
    super.put(realm, undefined, message, momentOf(arrivedAt, time), DISCARD);
  }

  protected stamp(now: Millis): number {
    return this.time === undefined ? now : unixTimeOf(now, this.time);
  }

  protected write(entry: Entry): void {
    this.#deleteNow();
    this.disk.entries.push(entry);
  }

  protected delete(isDeleted: (entry: Entry) => boolean): void {
    const known = new Set(this.disk.entries);
    this.#deletions.push((entry) => known.has(entry) && isDeleted(entry));
    if (!this.disk.isFull) this.#deleteNow();
  }

  /** The outcome for a message that the disk does not accept. */
  protected outcomeOfFailure(_realm: RealmKey, _message: SignalMessage, _now: Millis): HoldOutcome {
    return 'failed';
  }

  #deleteNow(): void {
    for (const isDeleted of this.#deletions) this.disk.entries = this.disk.entries.filter((entry) => !isDeleted(entry));
    this.#deletions = [];
  }
}

/** Writes when it is closed. */
export class LateWriter extends DurableMemoryStore {
  readonly #entries: Entry[] = [];

  protected override write(entry: Entry): void {
    this.#entries.push(entry);
  }

  close(): void {
    this.disk.entries.push(...this.#entries);
  }
}

export class NoDeletions extends DurableMemoryStore {
  protected override delete(): void {
    // The fault: deletions are only in memory.
  }
}

/** Forgets a deletion that the disk did not accept. */
export class LostDeletions extends DurableMemoryStore {
  protected override delete(isDeleted: (entry: Entry) => boolean): void {
    if (!this.disk.isFull) super.delete(isDeleted);
  }
}

/** Stores moments, which are meaningless to the next process. */
export class MomentKeeper extends DurableMemoryStore {
  protected override stamp(now: Millis): number {
    return now;
  }

  protected override restore(realm: RealmKey, message: SignalMessage, arrivedAt: number): void {
    super.restore(realm, message, arrivedAt, { now: () => 0, unixTime: () => 0 });
  }
}

/** Restarts the age of each message. */
export class Rejuvenator extends DurableMemoryStore {
  protected override restore(realm: RealmKey, message: SignalMessage, _arrivedAt: number, time: TimeOfDay): void {
    super.restore(realm, message, time.unixTime(), time);
  }
}

/** Trusts the time of day. */
export class TrustingStore extends DurableMemoryStore {
  protected override restore(realm: RealmKey, message: SignalMessage, arrivedAt: number, time: TimeOfDay): void {
    const moment = time.now() - (time.unixTime() - arrivedAt);
    super.restore(realm, message, arrivedAt, { now: () => moment, unixTime: () => arrivedAt });
  }
}

export class DisownedMessages extends DurableMemoryStore {
  protected override restore(realm: RealmKey, message: SignalMessage, arrivedAt: number, time: TimeOfDay): void {
    super.restore(realm, { ...message, owner: undefined }, arrivedAt, time);
  }
}

/** Restored messages are beside the limits. */
export class UncountedStore extends DurableMemoryStore {
  #restored: Pick<Entry, 'realm' | 'message'>[] = [];

  protected override restore(realm: RealmKey, message: SignalMessage): void {
    this.#restored.push({ realm, message });
  }

  override take(taker: MailboxPeer, answer: TakeAnswer, now?: Millis): void {
    const isTaken = ({ realm, message }: Pick<Entry, 'realm' | 'message'>): boolean =>
      realm === taker.realm.key && message.to === taker.id;
    const restored = this.#restored.filter(isTaken).map(({ message }) => message);
    this.#restored = this.#restored.filter((entry) => !isTaken(entry));
    super.take(taker, (messages, ...rest) => answer([...restored, ...messages], ...rest), now);
  }
}

/** Reports a full mailbox. */
export class WrongReason extends DurableMemoryStore {
  protected override outcomeOfFailure(): HoldOutcome {
    return 'full';
  }
}

/** Holds a message that is answered with `failed`. */
export class HalfHolder extends DurableMemoryStore {
  protected override outcomeOfFailure(realm: RealmKey, message: SignalMessage, now: Millis): HoldOutcome {
    MemoryMailboxStore.prototype.put.call(this, realm, undefined, message, now, DISCARD);
    return 'failed';
  }
}

export class SilentFailure extends DurableMemoryStore {
  override health(): string | undefined {
    return undefined;
  }
}
