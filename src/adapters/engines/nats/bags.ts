import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';

/**
 * So long everybody has to read what stands in a journal, before it may go: until then all readers come to the same. One that
 * is later than that begins again.
 */
export const GRACE: Millis = 10_000;

const NONE: readonly number[] = [];

/** Letters that were put at once, as they stand in the journal. */
export interface Bag {
  readonly ticket: string;
  readonly author: NodeId;
  /** Letters in it that still wait. */
  waiting: number;
  /** Since when none does, by the time of the entries. */
  voidSince: Millis | undefined;
}

/** All bags of a journal that stand there. Each is erased by the node that wrote it, when it says nothing any more. */
export class Bags {
  readonly #node: NodeId;
  readonly #all = new Map<number, Bag>();
  /** This node's own that are void, and when they may go. */
  readonly #ripening: { readonly revision: number; readonly from: Millis }[] = [];
  /** This node's own of which nothing was kept. */
  #refused: number[] = [];

  constructor(node: NodeId) {
    this.#node = node;
  }

  get(revision: number): Bag | undefined {
    return this.#all.get(revision);
  }

  /** What stands furthest ahead. */
  get oldest(): number {
    return this.#all.keys().next().value ?? Number.POSITIVE_INFINITY;
  }

  /** A bag of which so many letters wait. */
  arrives(revision: number, bag: Pick<Bag, 'ticket' | 'author' | 'waiting'>, at: Millis): void {
    this.#all.set(revision, { ...bag, voidSince: undefined });
    if (bag.waiting > 0) return;
    this.#isVoid(revision, at);
    // Nobody's verdict hangs on what was never kept.
    if (bag.author === this.#node) this.#refused.push(revision);
  }

  /** One letter of a bag waits no more. */
  lets(revision: number, at: Millis): void {
    const bag = this.#all.get(revision);
    if (bag === undefined || --bag.waiting > 0) return;
    this.#isVoid(revision, at);
    if (bag.author === this.#node) this.#ripening.push({ revision, from: at + GRACE });
  }

  /** Revisions of this node's own bags that may be erased now. Answers once. */
  ripe(now: Millis): readonly number[] {
    if (this.#refused.length === 0 && (this.#ripening[0]?.from ?? Number.POSITIVE_INFINITY) > now) return NONE;
    const ripe = this.#refused;
    this.#refused = [];
    for (const revision of ripe) this.#all.delete(revision);
    for (let first = this.#ripening[0]; first !== undefined && first.from <= now; first = this.#ripening[0]) {
      this.#ripening.shift();
      this.#all.delete(first.revision);
      ripe.push(first.revision);
    }
    return ripe;
  }

  /** Bags of others that have been void since `since`: their authors should have erased them. Answers once. */
  overripe(since: Millis): [number, Bag][] {
    const all = [...this.#all].filter(([, { voidSince, author }]) => author !== this.#node && (voidSince ?? since) < since);
    for (const [revision] of all) this.#all.delete(revision);
    return all;
  }

  #isVoid(revision: number, at: Millis): void {
    const bag = this.#all.get(revision);
    if (bag !== undefined) bag.voidSince = at;
  }
}
