import { invariant } from './invariant.ts';
import type { PeerId } from './ids.ts';
import type { Session } from './session.ts';

/** Who is present on this node, and which connection speaks for whom. */
export class SessionTable<S extends Session = Session> {
  readonly #byId = new Map<string, S>();

  get size(): number {
    return this.#byId.size;
  }

  /** @param destination any text: what names nobody finds nobody. */
  find(destination: string): S | undefined {
    return this.#byId.get(destination);
  }

  /** Promise 4: `session` speaks for its id from now on; gives back who did before. */
  register(session: S): S | undefined {
    const before = this.#byId.get(session.id);
    invariant(before !== session, 'a session takes its seat once');
    this.#byId.set(session.id, session);
    return before;
  }

  /** Frees the seat of `session`, if it is still its own. */
  remove(session: Session): boolean {
    if (this.#byId.get(session.id) !== session) return false;
    return this.#byId.delete(session.id);
  }

  /** H4: the ids of all peers that are open, in the order they came. */
  present(): PeerId[] {
    const ids: PeerId[] = [];
    for (const session of this.#byId.values()) if (session.state === 'open') ids.push(session.id);
    return ids;
  }

  sessions(): IterableIterator<S> {
    return this.#byId.values();
  }
}
