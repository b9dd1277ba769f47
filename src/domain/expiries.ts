import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

interface Entry {
  readonly session: Session;
  readonly at: Millis;
}

/** MER12: which sessions end at a moment that is known, the earliest first. A heap: each change costs its height. */
export class Expiries {
  readonly #heap: Entry[] = [];
  readonly #places = new Map<Session, number>();

  /** A session without an end is not watched. */
  watch(session: Session): void {
    const at = session.wishes?.expiresAt ?? NEVER;
    if (at === NEVER) return;
    this.#heap.push({ session, at });
    this.#rise(this.#heap.length - 1);
  }

  /** Harmless when it was never watched. */
  forget(session: Session): void {
    const place = this.#places.get(session);
    const last = this.#heap.at(-1);
    if (place === undefined || last === undefined) return;
    this.#places.delete(session);
    this.#heap.pop();
    if (last.session === session) return;
    this.#put(last, place);
    this.#rise(place);
    this.#sink(this.#places.get(last.session) ?? place);
  }

  /** Each whose moment has come, the earliest first; none is watched any more. Costs what it finds. */
  *due(now: Millis): Generator<Session> {
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.forget(first.session);
      yield first.session;
    }
  }

  nextDeadline(): Millis {
    return this.#heap[0]?.at ?? NEVER;
  }

  #rise(from: number): void {
    const entry = this.#heap[from] as Entry;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above] as Entry;
      if (other.at <= entry.at) break;
      this.#put(other, place);
      place = above;
    }
    this.#put(entry, place);
  }

  #sink(from: number): void {
    const entry = this.#heap[from] as Entry;
    let place = from;
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const leftAt = this.#heap[left]?.at ?? NEVER;
      const rightAt = this.#heap[right]?.at ?? NEVER;
      if (Math.min(leftAt, rightAt) >= entry.at) break;
      const below = leftAt <= rightAt ? left : right;
      this.#put(this.#heap[below] as Entry, place);
      place = below;
    }
    this.#put(entry, place);
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry;
    this.#places.set(entry.session, place);
  }
}
