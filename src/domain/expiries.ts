import type { Session } from './session.ts';
import { NEVER, type Millis } from './time.ts';

interface Entry {
  readonly session: Session;
  readonly at: Millis;
}

/** MER12: which sessions end at a moment that is known, the earliest first. A heap: each change costs its height. */
export class Expiries {
  readonly #heap: Entry[] = [];
  readonly #indexes = new Map<Session, number>();

  /** A session without an end is not watched. */
  add(session: Session): void {
    const at = session.requestedTopics?.expiresAt ?? NEVER;
    if (at === NEVER) return;
    this.#heap.push({ session, at });
    this.#siftUp(this.#heap.length - 1);
  }

  /** Harmless when it was never watched. */
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

  /** Each whose moment has come, the earliest first; none is watched any more. Costs what it finds. */
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
