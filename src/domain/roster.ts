import { invariant } from './invariant.ts';
import type { PeerId } from './ids.ts';
import type { Session } from './session.ts';

/** Who is present on this node, and which connection speaks for whom. */
export class Roster<S extends Session = Session> {
  readonly #seats = new Map<string, S>();

  get size(): number {
    return this.#seats.size;
  }

  /** @param destination any text: what names nobody finds nobody. */
  find(destination: string): S | undefined {
    return this.#seats.get(destination);
  }

  /** Promise 4: `session` speaks for its id from now on; gives back who did before. */
  seat(session: S): S | undefined {
    const before = this.#seats.get(session.id);
    invariant(before !== session, 'a session takes its seat once');
    this.#seats.set(session.id, session);
    return before;
  }

  /** Frees the seat of `session`, if it is still its own. */
  vacate(session: Session): boolean {
    if (this.#seats.get(session.id) !== session) return false;
    return this.#seats.delete(session.id);
  }

  /** H4: the ids of all peers that are open, in the order they came. */
  present(): PeerId[] {
    const ids: PeerId[] = [];
    for (const session of this.#seats.values()) if (session.state === 'open') ids.push(session.id);
    return ids;
  }

  sessions(): IterableIterator<S> {
    return this.#seats.values();
  }
}
