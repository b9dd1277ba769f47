import type { PeerId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';

/**
 * The position up to which messages had been removed before a removal of this node, so that later messages belong to this node.
 * `unknown`: the messages may belong to another node.
 */
export type PreviousPosition = number | 'unknown';

/** The removals of messages for one id. */
export interface KnownRemoval {
  /** Revisions of the removal entries, oldest first. */
  readonly revisions: readonly number[];
  readonly at: Millis;
  /** Position of the last removed message. */
  readonly upTo: number;
}

const NO_REMOVAL: KnownRemoval = { revisions: [], at: 0, upTo: 0 };

/** The removals of a journal, by id. */
export class RemovalTable {
  readonly #maxRevisions: number;
  readonly #all = new Map<PeerId, KnownRemoval>();

  /** @param maxRevisions maximum number of revisions for one id. */
  constructor(maxRevisions: number) {
    this.#maxRevisions = maxRevisions;
  }

  /** @param upTo undefined for an invalid removal. @returns the position up to which messages were removed before. */
  add(id: PeerId, upTo: number | undefined, { revision, at }: { readonly revision: number; readonly at: Millis }): number {
    const before = this.#all.get(id) ?? NO_REMOVAL;
    const revisions = [...before.revisions, revision].slice(-this.#maxRevisions);
    this.#all.set(id, { revisions, at, upTo: Math.max(before.upTo, upTo ?? 0) });
    return before.upTo;
  }

  get(id: PeerId): KnownRemoval | undefined {
    return this.#all.get(id);
  }

  ids(): Iterable<PeerId> {
    return this.#all.keys();
  }

  forget(id: PeerId): void {
    this.#all.delete(id);
  }
}
