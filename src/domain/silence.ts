import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** Sessions in the order in which they were last heard. Adding and removing cost a few writes. */
class IdleQueue {
  #oldest: Session | undefined = undefined;
  #newest: Session | undefined = undefined;

  get oldest(): Session | undefined {
    return this.#oldest;
  }

  get newest(): Session | undefined {
    return this.#newest;
  }

  add(session: Session): void {
    session.quieter = this.#newest;
    if (this.#newest === undefined) this.#oldest = session;
    else this.#newest.louder = session;
    this.#newest = session;
  }

  /** @returns whether it was in this queue. */
  remove(session: Session): boolean {
    const { quieter, louder } = session;
    if (quieter === undefined && session !== this.#oldest) return false;
    if (quieter === undefined) this.#oldest = louder;
    else quieter.louder = louder;
    if (louder === undefined) this.#newest = quieter;
    else louder.quieter = quieter;
    session.quieter = undefined;
    session.louder = undefined;
    return true;
  }
}

/**
 * When each session was last heard. Hearing a session costs a few writes, and finding the silent costs what is found:
 * no other session is looked at, and none has a timer.
 */
export class Silence {
  readonly #heard = new IdleQueue();
  /** L5: silent for so long that they were pinged. All were heard before those in `#heard`. */
  readonly #pinged = new IdleQueue();

  /** Starts to watch `session`. */
  watch(session: Session, now: Millis): void {
    this.#add(session, now);
  }

  /** L1, L5, M8: `session` gave a sign of life. Harmless when it is not watched. */
  heard(session: Session, now: Millis): void {
    if (session === this.#heard.newest) {
      session.heardAt = Math.max(session.heardAt, now);
      return;
    }
    if (this.#remove(session)) this.#add(session, now);
  }

  /** Stops watching `session`. Harmless when it is not watched. */
  forget(session: Session): void {
    this.#remove(session);
  }

  /** L1: every session that was silent for `alive`, the longest silent first; none is watched any more. */
  *silent(now: Millis, alive: Millis): Generator<Session> {
    for (const queue of [this.#pinged, this.#heard]) {
      for (let session = queue.oldest; session !== undefined; session = queue.oldest) {
        if (now - session.heardAt < alive) return;
        this.#remove(session);
        yield session;
      }
    }
  }

  /** L5: every session that was silent for `patience` and not pinged since; each is given once. */
  *unpinged(now: Millis, patience: Millis): Generator<Session> {
    for (let session = this.#heard.oldest; session !== undefined; session = this.#heard.oldest) {
      if (now - session.heardAt < patience) return;
      this.#heard.remove(session);
      this.#pinged.add(session);
      session.isPinged = true;
      yield session;
    }
  }

  /** When the next session falls silent, if none is heard before. */
  nextDeadline(alive: Millis): Millis {
    const session = this.#pinged.oldest ?? this.#heard.oldest;
    return session === undefined ? NEVER : session.heardAt + alive;
  }

  /** When the next session is to be pinged, if none is heard before. */
  nextPing(patience: Millis): Millis {
    const session = this.#heard.oldest;
    return session === undefined ? NEVER : session.heardAt + patience;
  }

  /** Keeps the order, also where the clock of the caller was set back by a standstill. */
  #add(session: Session, now: Millis): void {
    session.isPinged = false;
    session.heardAt = Math.max(now, this.#heard.newest?.heardAt ?? now);
    this.#heard.add(session);
  }

  #remove(session: Session): boolean {
    return session.isPinged ? this.#pinged.remove(session) : this.#heard.remove(session);
  }
}
