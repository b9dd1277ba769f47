import type { Session } from './session.ts';

/** T9: the guests of a realm on this node, and the client ids by which some of them are known. */
export class Guests implements Iterable<Session> {
  readonly #sessions = new Set<Session>();
  readonly #byClientId = new Map<string, Session>();

  get size(): number {
    return this.#sessions.size;
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#sessions.values();
  }

  /**
   * T16, O6: whether a guest may come in, and the earlier connection of the same client, which it replaces.
   * @param isFull whether the realm has room only for clients that replace another connection.
   */
  admission(session: Session, isFull: boolean): { readonly refusal?: 'realm-full' | 'id-taken'; readonly replaced?: Session } {
    const holder = this.#holderOf(session);
    if (holder === undefined) return isFull ? { refusal: 'realm-full' } : {};
    return holder.token.matches(session.token) ? { replaced: holder } : { refusal: 'id-taken' };
  }

  add(session: Session): void {
    this.#sessions.add(session);
    if (session.clientId !== undefined) this.#byClientId.set(keyOf(session, session.clientId), session);
  }

  /** @returns false if it is no guest. */
  delete(session: Session): boolean {
    if (this.#holderOf(session) === session) this.#byClientId.delete(keyOf(session, session.clientId ?? ''));
    return this.#sessions.delete(session);
  }

  #holderOf(session: Session): Session | undefined {
    return session.clientId === undefined ? undefined : this.#byClientId.get(keyOf(session, session.clientId));
  }
}

/** Client ids of two spaces are not the same. */
function keyOf({ traits }: Session, clientId: string): string {
  return `${traits.space}\n${clientId}`;
}
