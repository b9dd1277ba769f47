import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

interface Entry {
  readonly session: Session;
  readonly at: Millis;
}

/**
 * A5, A7, MER12: sessions with an expiry time, by the time of their expiry, or of the notice before it. The earliest is first. A
 * binary heap: each change costs O(log n).
 */
export class Expiries {
  readonly #heap: Entry[] = [];
  readonly #indexes = new Map<Session, number>();

  /** Adds a session, or moves one whose expiry time has changed. Ignores a session without an expiry time. */
  add(session: Session): void {
    this.remove(session);
    const at = Math.min(session.noticeAt, session.expiresAt);
    if (at === NEVER) return;
    this.#heap.push({ session, at });
    this.#siftUp(this.#heap.length - 1);
  }

  /** Ignores a session that was not added. */
  remove(session: Session): void {
    const index = this.#indexes.get(session);
    const last = this.#heap.at(-1);
    if (index === undefined || last === undefined) return;
    this.#indexes.delete(session);
    this.#heap.pop();
    if (last.session === session) return;
    this.#put(last, index);
    this.#siftUp(index);
    this.#siftDown(this.#indexes.get(last.session) ?? index);
  }

  /** Removes and yields every session that has expired, or is due for a notice, the earliest first. */
  *due(now: Millis): Generator<Session> {
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.remove(first.session);
      yield first.session;
    }
  }

  nextDeadline(): Millis {
    return this.#heap[0]?.at ?? NEVER;
  }

  #siftUp(from: number): void {
    const entry = this.#heap[from] as Entry;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const other = this.#heap[parent] as Entry;
      if (other.at <= entry.at) break;
      this.#put(other, index);
      index = parent;
    }
    this.#put(entry, index);
  }

  #siftDown(from: number): void {
    const entry = this.#heap[from] as Entry;
    let index = from;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const leftAt = this.#heap[left]?.at ?? NEVER;
      const rightAt = this.#heap[right]?.at ?? NEVER;
      if (Math.min(leftAt, rightAt) >= entry.at) break;
      const child = leftAt <= rightAt ? left : right;
      this.#put(this.#heap[child] as Entry, index);
      index = child;
    }
    this.#put(entry, index);
  }

  #put(entry: Entry, index: number): void {
    this.#heap[index] = entry;
    this.#indexes.set(entry.session, index);
  }
}
