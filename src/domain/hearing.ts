import type { Session } from './session.ts';
import type { Meter, PatternsOf, Publication, Selector, TopicName, TopicPattern } from './topic.ts';

/** How many steps may be taken until the next pause. */
export interface Budget extends Meter {
  readonly most: number;
}

export const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Whether any selector fits any topic. @returns undefined where the budget was used up before that was known. */
export function anyFits(topics: readonly string[], selectors: Iterable<Selector>, budget: Budget): boolean | undefined {
  for (const selector of selectors) {
    for (const topic of topics) {
      if (budget.steps >= budget.most) return undefined;
      budget.steps += 1;
      if ('topic' in selector ? selector.topic === topic : selector.fits(topic, budget)) return true;
    }
  }
  return false;
}

const FITS = -1;
const FITS_NOT = -2;

/**
 * T3, T10, MER7: decides which listeners hear one publication, one listener after the other and in any number
 * of slices. A pattern is tried once, however many listeners have it.
 */
export class Hearing {
  readonly publication: Publication;
  /** First those that listen by name, then those that listen by patterns and may or may not hear it. */
  readonly listeners: readonly Session[];
  readonly #patterns: readonly PatternsOf[];
  readonly #named: number;
  readonly #topics: ReadonlySet<string>;
  /** By the key of a pattern: whether it fits, or how many topics were tried. */
  readonly #known = new Map<string, number>();

  /** @param byPattern of other listeners than `named`. */
  constructor(publication: Publication, named: readonly Session[], byPattern: readonly (readonly [Session, PatternsOf])[]) {
    this.publication = publication;
    this.listeners = [...named, ...byPattern.map(([session]) => session)];
    this.#patterns = byPattern.map(([, patterns]) => patterns);
    this.#named = named.length;
    this.#topics = new Set(publication.topics);
  }

  /** @param place in `listeners`. @returns undefined where the budget is used up: to be asked again with a new one. */
  hears(place: number, budget: Budget): boolean | undefined {
    const listens = place < this.#named || this.#anyFits(this.#patterns[place - this.#named]?.values() ?? [], budget);
    if (listens !== true || !this.publication.isPrivate) return listens;
    const clearance = this.listeners[place]?.wishes?.clearance ?? [];
    return clearance === 'all' || this.#anyFits(clearance, budget);
  }

  #anyFits(selectors: Iterable<Selector>, budget: Budget): boolean | undefined {
    for (const selector of selectors) {
      budget.steps += 1;
      const fits = 'topic' in selector ? this.#topics.has(selector.topic) : this.#fits(selector, budget);
      if (fits !== false) return fits;
    }
    return false;
  }

  #fits(pattern: TopicPattern, budget: Budget): boolean | undefined {
    const { topics } = this.publication;
    const known = this.#known.get(pattern.key) ?? 0;
    if (known < 0) return known === FITS;
    for (let at = known; at < topics.length; at++) {
      if (budget.steps >= budget.most) {
        this.#known.set(pattern.key, at);
        return undefined;
      }
      if (!pattern.fits(topics[at] as TopicName, budget)) continue;
      this.#known.set(pattern.key, FITS);
      return true;
    }
    this.#known.set(pattern.key, FITS_NOT);
    return false;
  }
}
