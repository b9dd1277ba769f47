import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** A linked list of sessions in the order of their last received frame. */
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

  /** @returns whether the list contained the session. */
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
 * Sessions by idle time. A received frame costs a few writes. Finding idle sessions costs time proportional to their number:
 * no other session is checked, and no session has a timer.
 */
export class IdleQueue {
  readonly #active = new SessionList();
  /** L5: sessions that were idle until a ping. All of them are idle longer than those in `#active`. */
  readonly #pinged = new SessionList();

  add(session: Session, now: Millis): void {
    this.#append(session, now);
  }

  /** L1, L5, M8: restarts the idle time. Ignores a session that was not added. */
  received(session: Session, now: Millis): void {
    if (session === this.#active.newest) {
      session.lastReceivedAt = Math.max(session.lastReceivedAt, now);
      return;
    }
    if (this.#unlink(session)) this.#append(session, now);
  }

  /** Ignores a session that was not added. */
  remove(session: Session): void {
    this.#unlink(session);
  }

  /** L1: removes and yields every session that was idle for `timeout`, the longest idle first. */
  *timedOut(now: Millis, timeout: Millis): Generator<Session> {
    for (const queue of [this.#pinged, this.#active]) {
      for (let session = queue.oldest; session !== undefined; session = queue.oldest) {
        if (now - session.lastReceivedAt < timeout) return;
        this.#unlink(session);
        yield session;
      }
    }
  }

  /** L5: yields every session that was idle for `pingAfter`, once for each idle period. */
  *unpinged(now: Millis, pingAfter: Millis): Generator<Session> {
    for (let session = this.#active.oldest; session !== undefined; session = this.#active.oldest) {
      if (now - session.lastReceivedAt < pingAfter) return;
      this.#active.remove(session);
      this.#pinged.add(session);
      session.isPinged = true;
      yield session;
    }
  }

  /** When the next session times out, if no frame arrives before. */
  nextDeadline(timeout: Millis): Millis {
    const session = this.#pinged.oldest ?? this.#active.oldest;
    return session === undefined ? NEVER : session.lastReceivedAt + timeout;
  }

  /** When the next ping is due, if no frame arrives before. */
  nextPing(pingAfter: Millis): Millis {
    const session = this.#active.oldest;
    return session === undefined ? NEVER : session.lastReceivedAt + pingAfter;
  }

  /** Keeps the list sorted, also after a pause of the process sets the caller's time back. */
  #append(session: Session, now: Millis): void {
    session.isPinged = false;
    session.lastReceivedAt = Math.max(now, this.#active.newest?.lastReceivedAt ?? now);
    this.#active.add(session);
  }

  #unlink(session: Session): boolean {
    return session.isPinged ? this.#pinged.remove(session) : this.#active.remove(session);
  }
}
