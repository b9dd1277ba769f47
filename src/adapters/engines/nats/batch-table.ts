import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';

/**
 * So long everybody has to read what stands in a journal, before it may go: until then all readers come to the same. One that
 * is later than that begins again.
 */
export const DELETE_GRACE_MS: Millis = 10_000;

const NO_REVISIONS: readonly number[] = [];

/** Letters that were put at once, as they stand in the journal. */
export interface BatchState {
  readonly messageId: string;
  readonly author: NodeId;
  /** Letters in it that still wait. */
  pending: number;
  /** Since when none does, by the time of the entries. */
  consumedAt: Millis | undefined;
}

/** All bags of a journal that stand there. Each is erased by the node that wrote it, when it says nothing any more. */
export class BatchTable {
  readonly #node: NodeId;
  readonly #all = new Map<number, BatchState>();
  /** This node's own that are void, and when they may go. */
  readonly #consumed: { readonly revision: number; readonly from: Millis }[] = [];
  /** This node's own of which nothing was kept. */
  #empty: number[] = [];

  constructor(node: NodeId) {
    this.#node = node;
  }

  get(revision: number): BatchState | undefined {
    return this.#all.get(revision);
  }

  /** What stands furthest ahead. */
  get oldestRevision(): number {
    return this.#all.keys().next().value ?? Number.POSITIVE_INFINITY;
  }

  /** A bag of which so many letters wait. */
  add(revision: number, bag: Pick<BatchState, 'messageId' | 'author' | 'pending'>, at: Millis): void {
    this.#all.set(revision, { ...bag, consumedAt: undefined });
    if (bag.pending > 0) return;
    this.#markConsumed(revision, at);
    // Nobody's verdict hangs on what was never kept.
    if (bag.author === this.#node) this.#empty.push(revision);
  }

  /** One letter of a bag waits no more. */
  removeMessage(revision: number, at: Millis): void {
    const bag = this.#all.get(revision);
    if (bag === undefined || --bag.pending > 0) return;
    this.#markConsumed(revision, at);
    if (bag.author === this.#node) this.#consumed.push({ revision, from: at + DELETE_GRACE_MS });
  }

  /** Revisions of this node's own bags that may be erased now. Answers once. */
  takeDeletable(now: Millis): readonly number[] {
    if (this.#empty.length === 0 && (this.#consumed[0]?.from ?? Number.POSITIVE_INFINITY) > now) return NO_REVISIONS;
    const ripe = this.#empty;
    this.#empty = [];
    for (const revision of ripe) this.#all.delete(revision);
    for (let first = this.#consumed[0]; first !== undefined && first.from <= now; first = this.#consumed[0]) {
      this.#consumed.shift();
      this.#all.delete(first.revision);
      ripe.push(first.revision);
    }
    return ripe;
  }

  /** Bags of others that have been void since `since`: their authors should have erased them. Answers once. */
  takeAbandoned(since: Millis): [number, BatchState][] {
    const all = [...this.#all].filter(([, { consumedAt, author }]) => author !== this.#node && (consumedAt ?? since) < since);
    for (const [revision] of all) this.#all.delete(revision);
    return all;
  }

  #markConsumed(revision: number, at: Millis): void {
    const bag = this.#all.get(revision);
    if (bag !== undefined) bag.consumedAt = at;
  }
}
