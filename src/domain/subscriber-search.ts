import type { Session } from './session.ts';
import type { Meter, PatternMap, Publication, Selector, TopicName, TopicPattern } from './topic.ts';

/** Steps of one slice of a search. */
export interface Budget extends Meter {
  readonly maxSteps: number;
}

export const UNBOUNDED = Number.POSITIVE_INFINITY;

/** T10: steps to try a pattern, beside those that it counts itself: a short one takes more than 0.1 µs. */
const STEPS_PER_PATTERN = 100;

/** Whether any selector matches any topic. @returns undefined if the budget is exhausted before a result. */
export function anyMatches(topics: readonly string[], selectors: Iterable<Selector>, budget: Budget): boolean | undefined {
  for (const selector of selectors) {
    for (const topic of topics) {
      if (budget.steps >= budget.maxSteps) return undefined;
      budget.steps += 'topic' in selector ? 1 : STEPS_PER_PATTERN;
      if ('topic' in selector ? selector.topic === topic : selector.matches(topic, budget)) return true;
    }
  }
  return false;
}

/** T10: finds the receivers of one publication among candidates, in any number of slices. */
export interface CandidateSearch {
  readonly candidates: readonly Session[];
  /** T14: whether every candidate was tried, and none matches. */
  readonly hasNoMatch: boolean;
  /** Whether a candidate was found that matches. */
  readonly hasMatch: boolean;
  /** @param index in `candidates`. @returns undefined if the budget is exhausted: call again with a new budget. */
  matches(index: number, budget: Budget): boolean | undefined;
}

const MATCH = -1;
const NO_MATCH = -2;

/**
 * T3, T10, MER7: finds the subscribers that receive one publication, one candidate at a time and in any number of slices.
 * Each pattern is matched once, even if many subscribers share it.
 */
export class SubscriberSearch implements CandidateSearch {
  readonly publication: Publication;
  /** First the subscribers by topic, then the subscribers by pattern, which may or may not match. */
  readonly candidates: readonly Session[];
  readonly #patterns: readonly PatternMap[];
  readonly #namedCount: number;
  readonly #topics: ReadonlySet<string>;
  readonly #publisher: Session | undefined;
  /** By pattern key: MATCH, NO_MATCH, or the number of topics tried so far. */
  readonly #tried = new Map<string, number>();
  /** Candidates without a result. */
  #undecided: number;
  #hasMatch = false;

  /**
   * @param byPattern the patterns of subscribers that are not in `named`.
   * @param publisher MQ19: does not receive the publication for its patterns that are no-local.
   */
  constructor(
    publication: Publication,
    named: readonly Session[],
    byPattern: readonly (readonly [Session, PatternMap])[],
    publisher?: Session,
  ) {
    this.publication = publication;
    this.#publisher = publisher;
    this.candidates = [...named, ...byPattern.map(([session]) => session)];
    this.#patterns = byPattern.map(([, patterns]) => patterns);
    this.#namedCount = named.length;
    this.#topics = new Set(publication.topics);
    this.#undecided = this.candidates.length;
  }

  get hasMatch(): boolean {
    return this.#hasMatch;
  }

  get hasNoMatch(): boolean {
    return this.#undecided === 0 && !this.#hasMatch;
  }

  matches(index: number, budget: Budget): boolean | undefined {
    const isMatch = this.#isReceiver(index, budget);
    if (isMatch !== undefined) this.#undecided -= 1;
    this.#hasMatch ||= isMatch === true;
    return isMatch;
  }

  #isReceiver(index: number, budget: Budget): boolean | undefined {
    const isPublisher = this.#publisher !== undefined && this.candidates[index] === this.#publisher;
    const patterns = index < this.#namedCount ? undefined : (this.#patterns[index - this.#namedCount]?.values() ?? []);
    const isSubscribed = patterns === undefined || this.#anyMatches(patterns, budget, isPublisher);
    if (isSubscribed !== true || !this.publication.isPrivate) return isSubscribed;
    const clearance = this.candidates[index]?.requestedTopics?.clearance ?? [];
    return clearance === 'all' || this.#anyMatches(clearance, budget);
  }

  #anyMatches(selectors: Iterable<Selector>, budget: Budget, isPublisher = false): boolean | undefined {
    for (const selector of selectors) {
      budget.steps += 1;
      if (isPublisher && selector.isNoLocal === true) continue;
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
      budget.steps += STEPS_PER_PATTERN;
      if (!pattern.matches(topics[at] as TopicName, budget)) continue;
      this.#tried.set(pattern.key, MATCH);
      return true;
    }
    this.#tried.set(pattern.key, NO_MATCH);
    return false;
  }
}
