import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** Sessions in the order in which they were last heard. Adding and removing cost a few writes. */
class SessionList {
  #oldest: Session | undefined = undefined;
  #newest: Session | undefined = undefined;

  get oldest(): Session | undefined {
    return this.#oldest;
  }

  get newest(): Session | undefined {
    return this.#newest;
  }

  add(session: Session): void {
    session.idleLonger = this.#newest;
    if (this.#newest === undefined) this.#oldest = session;
    else this.#newest.idleShorter = session;
    this.#newest = session;
  }

  /** @returns whether it was in this queue. */
  remove(session: Session): boolean {
    const { idleLonger, idleShorter } = session;
    if (idleLonger === undefined && session !== this.#oldest) return false;
    if (idleLonger === undefined) this.#oldest = idleShorter;
    else idleLonger.idleShorter = idleShorter;
    if (idleShorter === undefined) this.#newest = idleLonger;
    else idleShorter.idleLonger = idleLonger;
    session.idleLonger = undefined;
    session.idleShorter = undefined;
    return true;
  }
}

/**
 * When each session was last heard. Hearing a session costs a few writes, and finding the silent costs what is found:
 * no other session is looked at, and none has a timer.
 */
export class IdleQueue {
  readonly #active = new SessionList();
  /** L5: silent for so long that they were pinged. All were heard before those in `#heard`. */
  readonly #pinged = new SessionList();

  /** Starts to watch `session`. */
  add(session: Session, now: Millis): void {
    this.#append(session, now);
  }

  /** L1, L5, M8: `session` gave a sign of life. Harmless when it is not watched. */
  received(session: Session, now: Millis): void {
    if (session === this.#active.newest) {
      session.lastReceivedAt = Math.max(session.lastReceivedAt, now);
      return;
    }
    if (this.#unlink(session)) this.#append(session, now);
  }

  /** Stops watching `session`. Harmless when it is not watched. */
  remove(session: Session): void {
    this.#unlink(session);
  }

  /** L1: every session that was silent for `alive`, the longest silent first; none is watched any more. */
  *timedOut(now: Millis, timeout: Millis): Generator<Session> {
    for (const queue of [this.#pinged, this.#active]) {
      for (let session = queue.oldest; session !== undefined; session = queue.oldest) {
        if (now - session.lastReceivedAt < timeout) return;
        this.#unlink(session);
        yield session;
      }
    }
  }

  /** L5: every session that was silent for `patience` and not pinged since; each is given once. */
  *unpinged(now: Millis, pingAfter: Millis): Generator<Session> {
    for (let session = this.#active.oldest; session !== undefined; session = this.#active.oldest) {
      if (now - session.lastReceivedAt < pingAfter) return;
      this.#active.remove(session);
      this.#pinged.add(session);
      session.isPinged = true;
      yield session;
    }
  }

  /** When the next session falls silent, if none is heard before. */
  nextDeadline(timeout: Millis): Millis {
    const session = this.#pinged.oldest ?? this.#active.oldest;
    return session === undefined ? NEVER : session.lastReceivedAt + timeout;
  }

  /** When the next session is to be pinged, if none is heard before. */
  nextPing(pingAfter: Millis): Millis {
    const session = this.#active.oldest;
    return session === undefined ? NEVER : session.lastReceivedAt + pingAfter;
  }

  /** Keeps the order, also where the clock of the caller was set back by a standstill. */
  #append(session: Session, now: Millis): void {
    session.isPinged = false;
    session.lastReceivedAt = Math.max(now, this.#active.newest?.lastReceivedAt ?? now);
    this.#active.add(session);
  }

  #unlink(session: Session): boolean {
    return session.isPinged ? this.#pinged.remove(session) : this.#active.remove(session);
  }
}
