import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';

/**
 * A consumed batch is deleted after this time, so that all nodes have read the removals. A slower node reads the journal again.
 */
export const DELETE_GRACE_MS: Millis = 10_000;

const NO_REVISIONS: readonly number[] = [];

/** A batch of messages in the journal. */
export interface BatchState {
  readonly messageId: string;
  readonly author: NodeId;
  /** Number of messages in the batch that still wait. */
  pending: number;
  /** When its last message was removed, by the time of the entries. */
  consumedAt: Millis | undefined;
}

/** The batches of a journal. Each consumed batch is deleted by the node that wrote it. */
export class BatchTable {
  readonly #node: NodeId;
  readonly #all = new Map<number, BatchState>();
  /** Consumed batches of this node, and the time from which they may be deleted. */
  readonly #consumed: { readonly revision: number; readonly from: Millis }[] = [];
  /** Batches of this node of which no message was accepted. */
  #empty: number[] = [];

  constructor(node: NodeId) {
    this.#node = node;
  }

  get(revision: number): BatchState | undefined {
    return this.#all.get(revision);
  }

  /** Infinity if there is none. */
  get oldestRevision(): number {
    return this.#all.keys().next().value ?? Number.POSITIVE_INFINITY;
  }

  /** Adds a batch, with the number of its accepted messages. */
  add(revision: number, batch: Pick<BatchState, 'messageId' | 'author' | 'pending'>, at: Millis): void {
    this.#all.set(revision, { ...batch, consumedAt: undefined });
    if (batch.pending > 0) return;
    this.#markConsumed(revision, at);
    // Deleted at once, because no state depends on rejected messages.
    if (batch.author === this.#node) this.#empty.push(revision);
  }

  /** One message of a batch was removed. */
  removeMessage(revision: number, at: Millis): void {
    const batch = this.#all.get(revision);
    if (batch === undefined || --batch.pending > 0) return;
    this.#markConsumed(revision, at);
    if (batch.author === this.#node) this.#consumed.push({ revision, from: at + DELETE_GRACE_MS });
  }

  /** Batches of this node that may be deleted now, by revision. Each is returned once. */
  takeDeletable(now: Millis): readonly number[] {
    if (this.#empty.length === 0 && (this.#consumed[0]?.from ?? Number.POSITIVE_INFINITY) > now) return NO_REVISIONS;
    const deletable = this.#empty;
    this.#empty = [];
    for (const revision of deletable) this.#all.delete(revision);
    for (let first = this.#consumed[0]; first !== undefined && first.from <= now; first = this.#consumed[0]) {
      this.#consumed.shift();
      this.#all.delete(first.revision);
      deletable.push(first.revision);
    }
    return deletable;
  }

  /** Batches of other nodes that were consumed before `since` and not deleted by their authors. Each is returned once. */
  takeAbandoned(since: Millis): [number, BatchState][] {
    const all = [...this.#all].filter(([, { consumedAt, author }]) => author !== this.#node && (consumedAt ?? since) < since);
    for (const [revision] of all) this.#all.delete(revision);
    return all;
  }

  #markConsumed(revision: number, at: Millis): void {
    const batch = this.#all.get(revision);
    if (batch !== undefined) batch.consumedAt = at;
  }
}
