import { invariant } from './invariant.ts';
import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

/**
 * Who was heard when, from the quietest to the loudest. Hearing someone costs a few writes,
 * finding the silent costs what is found: nobody else is looked at.
 */
export class Silence {
  #quietest: Session | undefined = undefined;
  #loudest: Session | undefined = undefined;

  /** Starts to listen for `session`. */
  watch(session: Session, now: Millis): void {
    invariant(session !== this.#loudest && session.louder === undefined, 'a session is watched once');
    session.heardAt = now;
    session.quieter = this.#loudest;
    if (this.#loudest === undefined) this.#quietest = session;
    else this.#loudest.louder = session;
    this.#loudest = session;
  }

  /** L1, L3, M8: `session` showed life. `now` is never earlier than in the call before. */
  heard(session: Session, now: Millis): void {
    session.heardAt = now;
    if (session === this.#loudest) return;
    this.#unlink(session);
    session.quieter = this.#loudest;
    if (this.#loudest !== undefined) this.#loudest.louder = session;
    this.#loudest = session;
  }

  /** Stops listening for `session`. Harmless when it was never watched. */
  forget(session: Session): void {
    if (session.quieter === undefined && session !== this.#quietest) return;
    if (session === this.#loudest) this.#loudest = session.quieter;
    this.#unlink(session);
  }

  /** L1: everyone silent for `alive`, quietest first; none is watched any more. */
  *silent(now: Millis, alive: Millis): Generator<Session> {
    for (let session = this.#quietest; session !== undefined; session = this.#quietest) {
      if (now - session.heardAt < alive) return;
      this.forget(session);
      yield session;
    }
  }

  /** When the next one falls silent if nobody is heard before. */
  nextDeadline(alive: Millis): Millis {
    return this.#quietest === undefined ? NEVER : this.#quietest.heardAt + alive;
  }

  /** Takes `session` out of its place; the caller mends `#loudest`. */
  #unlink(session: Session): void {
    const { quieter, louder } = session;
    if (quieter === undefined) this.#quietest = louder;
    else quieter.louder = louder;
    if (louder !== undefined) louder.quieter = quieter;
    session.quieter = undefined;
    session.louder = undefined;
  }
}
