import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/** Whose turn it is to be asked for a sign of life: all equally often, so the longest unasked is always the first. */
export class Prompts {
  readonly #promptedAt = new Map<Session, Millis>();

  watch(session: Session, now: Millis): void {
    this.#promptedAt.set(session, now);
  }

  /** Harmless when it was never watched. */
  forget(session: Session): void {
    this.#promptedAt.delete(session);
  }

  /** X7, MER9: everyone who was not asked for `interval`; they are asked now. Costs what it finds. */
  *due(now: Millis, interval: Millis): Generator<Session> {
    for (const [session, promptedAt] of this.#promptedAt) {
      if (now - promptedAt < interval) return;
      this.#promptedAt.delete(session);
      this.#promptedAt.set(session, now);
      yield session;
    }
  }

  nextDeadline(interval: Millis): Millis {
    for (const promptedAt of this.#promptedAt.values()) return promptedAt + interval;
    return NEVER;
  }
}
