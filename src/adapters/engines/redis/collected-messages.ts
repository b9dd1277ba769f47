import type { RealmKey } from '../../../domain/ids.ts';

/** A failover loses the writes of a few seconds at most. */
const MAX_REMEMBERED = 20_000;

/**
 * The ids of the last messages that this node has collected. A failover of Redis may lose a collection: the messages are then
 * stored again, and must not be delivered twice.
 */
export class CollectedMessages {
  /** Oldest first. */
  readonly #ids = new Set<string>();
  readonly #max: number;

  constructor(max = MAX_REMEMBERED) {
    this.#max = max;
  }

  /** @param id unique in the realm; an empty id is always new. @returns whether the id was not added before. */
  add(realm: RealmKey, id: string): boolean {
    if (id === '') return true;
    const whole = `${realm} ${id}`;
    if (this.#ids.has(whole)) return false;
    this.#ids.add(whole);
    const [oldest] = this.#ids;
    if (this.#ids.size > this.#max && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
