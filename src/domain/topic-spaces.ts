import type { SessionTraits } from './session.ts';
import { TopicRegistry, type TopicLimits } from './topic-registry.ts';

/** T2: the topic registries of a realm, one for each space. */
export class TopicSpaces {
  readonly #limits: TopicLimits;
  readonly #mayKeepHistory: boolean;
  readonly #bySpace = new Map<string, TopicRegistry>();

  /** @param mayKeepHistory R5: false for a realm that keeps no publications in any space. */
  constructor(limits: TopicLimits, mayKeepHistory: boolean) {
    this.#limits = limits;
    this.#mayKeepHistory = mayKeepHistory;
  }

  /** The number of topics with subscribers, by space. */
  counts(): [space: string, topics: number][] {
    return Array.from(this.#bySpace, ([space, topics]) => [space, topics.topicCount]);
  }

  of({ space, keepsHistory }: Pick<SessionTraits, 'space' | 'keepsHistory'>): TopicRegistry {
    const known = this.#bySpace.get(space);
    if (known !== undefined) return known;
    const topics = new TopicRegistry(this.#limits, keepsHistory && this.#mayKeepHistory);
    this.#bySpace.set(space, topics);
    return topics;
  }
}
