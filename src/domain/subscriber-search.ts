import type { Session } from './session.ts';
import type { Meter, PatternMap, Publication, Selector, TopicName, TopicPattern } from './topic.ts';

/** How many steps may be taken until the next pause. */
export interface Budget extends Meter {
  readonly maxSteps: number;
}

export const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Whether any selector fits any topic. @returns undefined where the budget was used up before that was known. */
export function anyMatches(topics: readonly string[], selectors: Iterable<Selector>, budget: Budget): boolean | undefined {
  for (const selector of selectors) {
    for (const topic of topics) {
      if (budget.steps >= budget.maxSteps) return undefined;
      budget.steps += 1;
      if ('topic' in selector ? selector.topic === topic : selector.matches(topic, budget)) return true;
    }
  }
  return false;
}

const MATCH = -1;
const NO_MATCH = -2;

/**
 * T3, T10, MER7: decides which listeners hear one publication, one listener after the other and in any number
 * of slices. A pattern is tried once, however many listeners have it.
 */
export class SubscriberSearch {
  readonly publication: Publication;
  /** First those that listen by name, then those that listen by patterns and may or may not hear it. */
  readonly candidates: readonly Session[];
  readonly #patterns: readonly PatternMap[];
  readonly #namedCount: number;
  readonly #topics: ReadonlySet<string>;
  /** By the key of a pattern: whether it fits, or how many topics were tried. */
  readonly #tried = new Map<string, number>();

  /** @param byPattern of other listeners than `named`. */
  constructor(publication: Publication, named: readonly Session[], byPattern: readonly (readonly [Session, PatternMap])[]) {
    this.publication = publication;
    this.candidates = [...named, ...byPattern.map(([session]) => session)];
    this.#patterns = byPattern.map(([, patterns]) => patterns);
    this.#namedCount = named.length;
    this.#topics = new Set(publication.topics);
  }

  /** @param index in `listeners`. @returns undefined where the budget is used up: to be asked again with a new one. */
  matches(index: number, budget: Budget): boolean | undefined {
    const isSubscribed =
      index < this.#namedCount || this.#anyMatches(this.#patterns[index - this.#namedCount]?.values() ?? [], budget);
    if (isSubscribed !== true || !this.publication.isPrivate) return isSubscribed;
    const clearance = this.candidates[index]?.requestedTopics?.clearance ?? [];
    return clearance === 'all' || this.#anyMatches(clearance, budget);
  }

  #anyMatches(selectors: Iterable<Selector>, budget: Budget): boolean | undefined {
    for (const selector of selectors) {
      budget.steps += 1;
      const matches = 'topic' in selector ? this.#topics.has(selector.topic) : this.#patternMatches(selector, budget);
      if (matches !== false) return matches;
    }
    return false;
  }

  #patternMatches(pattern: TopicPattern, budget: Budget): boolean | undefined {
    const { topics } = this.publication;
    const tried = this.#tried.get(pattern.key) ?? 0;
    if (tried < 0) return tried === MATCH;
    for (let at = tried; at < topics.length; at++) {
      if (budget.steps >= budget.maxSteps) {
        this.#tried.set(pattern.key, at);
        return undefined;
      }
      if (!pattern.matches(topics[at] as TopicName, budget)) continue;
      this.#tried.set(pattern.key, MATCH);
      return true;
    }
    this.#tried.set(pattern.key, NO_MATCH);
    return false;
  }
}
