import type { ExpiredInRealm, HoldOutcome, MailboxStore } from '../../../application/ports/mailbox-store.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import { Mailroom, type MailroomLimits } from '../../../domain/mailroom.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** Mailboxes in this process: a mailroom for each realm that something waits in. */
export class MemoryMailboxStore implements MailboxStore {
  readonly #limits: MailroomLimits;
  readonly #mailrooms = new Map<RealmKey, Mailroom>();

  constructor(limits: MailroomLimits) {
    this.#limits = limits;
  }

  put(realm: RealmKey, message: SignalMessage, now: Millis, answer: (outcome: HoldOutcome) => void): void {
    const mailroom = this.#mailrooms.get(realm) ?? new Mailroom(this.#limits);
    this.#mailrooms.set(realm, mailroom);
    answer(mailroom.put(message, now) ? 'held' : 'full');
  }

  take(realm: RealmKey, id: PeerId, answer: (messages: readonly SignalMessage[]) => void): void {
    answer(this.#mailrooms.get(realm)?.take(id) ?? []);
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const expired: ExpiredInRealm[] = [];
    for (const [realm, mailroom] of this.#mailrooms) {
      for (const { from, to } of mailroom.expire(now)) expired.push({ realm, from, to });
    }
    answer(expired);
  }

  nextDeadline(): Millis {
    let next = NEVER;
    for (const mailroom of this.#mailrooms.values()) next = Math.min(next, mailroom.nextDeadline());
    return next;
  }

  /** What waits in all realms: nothing, once everybody has come or waited long enough. */
  usage(): { readonly mailboxes: number; readonly bytes: number } {
    let mailboxes = 0;
    let bytes = 0;
    for (const mailroom of this.#mailrooms.values()) {
      mailboxes += mailroom.mailboxes;
      bytes += mailroom.bytes;
    }
    return { mailboxes, bytes };
  }
}
