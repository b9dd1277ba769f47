import type { PeerId } from './ids.ts';
import { invariant } from './invariant.ts';
import type { Session } from './session.ts';

/** The sessions of all peers on this node, by id. */
export class SessionTable<S extends Session = Session> {
  readonly #byId = new Map<string, S>();

  get size(): number {
    return this.#byId.size;
  }

  /**
   * @param destination any text.
   * @param likely a session that was in this table. It is found without a search if it is open, because it is still there then.
   */
  find(destination: string, likely?: S): S | undefined {
    if (likely?.state === 'open' && likely.id === destination) return likely;
    return this.#byId.get(destination);
  }

  /** Promise 4: makes `session` the only session of its id. @returns the replaced session. */
  register(session: S): S | undefined {
    const before = this.#byId.get(session.id);
    invariant(before !== session, 'a session is registered once');
    this.#byId.set(session.id, session);
    return before;
  }

  /** Removes `session`, unless another session has replaced it. */
  remove(session: Session): boolean {
    if (this.#byId.get(session.id) !== session) return false;
    return this.#byId.delete(session.id);
  }

  /** H4: the ids of all open peers, in order of registration. */
  present(): PeerId[] {
    const ids: PeerId[] = [];
    for (const session of this.#byId.values()) if (session.state === 'open') ids.push(session.id);
    return ids;
  }

  sessions(): IterableIterator<S> {
    return this.#byId.values();
  }
}
