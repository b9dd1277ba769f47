import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** A session may be closed this much late. */
const SLOT_TIME: Millis = 250;
/** Sessions are checked at least once in 64 s, so that the number of slots is fixed. */
const SLOTS = 256;
/** M23: sessions that are checked in one turn, at about 0.2 µs each. */
const MAX_CHECKS = 20_000;

interface Entry {
  /** The longest time without a message. */
  readonly maxSilence: Millis;
  slot: Set<Session>;
}

/**
 * MQ10: sessions whose clients have promised a message in each interval of their own. A message costs nothing here, and no
 * session has a timer: a session is checked when its time would end, and again when the time after its last message ends. The
 * cost is proportional to the sessions whose slot is due. All times are without suspensions of the process (L6).
 */
export class KeepAlives {
  readonly #entries = new Map<Session, Entry>();
  /** A ring. The slot of number n has the sessions to check at n times SLOT_TIME. Empty before the first session. */
  #slots: readonly Set<Session>[] = [];
  /** Number of the first slot that is not checked completely. */
  #next = 0;

  has(session: Session): boolean {
    return this.#entries.has(session);
  }

  /** Checks the session from now on. */
  add(session: Session, maxSilence: Millis, now: Millis): void {
    this.remove(session);
    if (this.#slots.length === 0) this.#slots = Array.from({ length: SLOTS }, () => new Set<Session>());
    if (this.#entries.size === 0) this.#next = Math.floor(now / SLOT_TIME);
    const slot = this.#slotAt(session.lastMessageAt + maxSilence);
    this.#entries.set(session, { maxSilence, slot });
    slot.add(session);
  }

  /** Ignores a session that was not added. */
  remove(session: Session): void {
    this.#entries.get(session)?.slot.delete(session);
    this.#entries.delete(session);
  }

  /** Removes and yields every session whose time has ended. Stops early if there are too many to check. */
  *timedOut(now: Millis): Generator<Session> {
    const last = Math.floor(now / SLOT_TIME);
    this.#next = Math.max(this.#next, last - SLOTS + 1);
    let checks = 0;
    for (; this.#next <= last && this.#entries.size > 0; this.#next++) {
      for (const session of this.#ring(this.#next)) {
        if (++checks > MAX_CHECKS) return;
        if (!this.#postpone(session, now)) yield session;
      }
    }
  }

  /** When the next session is checked. */
  nextDeadline(): Millis {
    if (this.#entries.size === 0) return NEVER;
    let slot = this.#next;
    while (this.#ring(slot).size === 0) slot += 1;
    return slot * SLOT_TIME;
  }

  /** @returns false if the time of the session has ended. It is removed then. */
  #postpone(session: Session, now: Millis): boolean {
    const entry = this.#entries.get(session);
    const deadline = session.lastMessageAt + (entry?.maxSilence ?? 0);
    if (entry === undefined || deadline <= now) {
      this.remove(session);
      return false;
    }
    entry.slot.delete(session);
    entry.slot = this.#slotAt(deadline).add(session);
    return true;
  }

  /** A deadline beyond the ring has its last slot. */
  #slotAt(deadline: Millis): Set<Session> {
    const number = Math.ceil(deadline / SLOT_TIME);
    return this.#ring(Math.min(Math.max(number, this.#next), this.#next + SLOTS - 1));
  }

  #ring(number: number): Set<Session> {
    return this.#slots[number % SLOTS] as Set<Session>;
  }
}
