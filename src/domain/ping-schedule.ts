import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** Whose turn it is to be asked for a sign of life: all equally often, so the longest unasked is always the first. */
export class PingSchedule {
  readonly #pingedAt = new Map<Session, Millis>();

  add(session: Session, now: Millis): void {
    this.#pingedAt.set(session, now);
  }

  /** Harmless when it was never watched. */
  remove(session: Session): void {
    this.#pingedAt.delete(session);
  }

  /** X7, MER9: everyone who was not asked for `interval`; they are asked now. Costs what it finds. */
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
