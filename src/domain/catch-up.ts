import type { History } from './history.ts';
import { eventBytesOf, mayReceive, missedPublications } from './missed-publications.ts';
import { UNBOUNDED } from './subscriber-search.ts';
import type { Publication, RequestedTopics } from './topic.ts';

/**
 * MER5: the publications that a subscriber has missed, and those until it joins its topics, in order. It must join them in the
 * turn in which nothing is left.
 */
export class CatchUp {
  readonly #pending: (Publication | undefined)[];
  /** Index of the next publication in `#pending`. */
  #next = 0;
  #bytes: number;
  /** Stops following the history, because the subscriber joins, or has ended. */
  readonly end: () => void;

  /** @param maxBytes of the missed publications. */
  constructor(history: History, requested: RequestedTopics, maxBytes: number) {
    const missed = missedPublications(history, requested, maxBytes);
    this.#pending = [...(missed?.publications ?? [])];
    this.#bytes = missed?.bytes ?? 0;
    this.end = history.follow((publication) => this.#add(publication, requested));
  }

  /** Approximate size on the wire of what is left. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Removes the oldest publication. */
  next(): Publication | undefined {
    const publication = this.#pending[this.#next];
    if (publication === undefined) return undefined;
    this.#pending[this.#next] = undefined;
    this.#next += 1;
    this.#bytes = this.#next === this.#pending.length ? 0 : this.#bytes - eventBytesOf(publication);
    return publication;
  }

  #add(publication: Publication, { selectors, clearance }: RequestedTopics): void {
    if (mayReceive(publication, selectors, clearance, { steps: 0, maxSteps: UNBOUNDED }) !== true) return;
    this.#pending.push(publication);
    this.#bytes += eventBytesOf(publication);
  }
}
