import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** Sessions in the order of their last ping. The interval is the same for all, so the first one is always due first. */
export class PingSchedule {
  readonly #pingedAt = new Map<Session, Millis>();

  add(session: Session, now: Millis): void {
    this.#pingedAt.set(session, now);
  }

  /** Ignores a session that was not added. */
  remove(session: Session): void {
    this.#pingedAt.delete(session);
  }

  /** X7, MER9: yields the sessions without a ping for `interval`, and records a ping now. Costs O(sessions yielded). */
  *due(now: Millis, interval: Millis): Generator<Session> {
    for (const [session, pingedAt] of this.#pingedAt) {
      if (now - pingedAt < interval) return;
      this.#pingedAt.delete(session);
      this.#pingedAt.set(session, now);
      yield session;
    }
  }

  nextDeadline(interval: Millis): Millis {
    for (const pingedAt of this.#pingedAt.values()) return pingedAt + interval;
    return NEVER;
  }
}
