import type { MemoryBudget } from './memory-budget.ts';
import type { SessionTraits } from './session.ts';
import { TopicRegistry, type TopicLimits } from './topic-registry.ts';

/** T2: the topic registries of a realm, one for each space. */
export class TopicSpaces {
  readonly #limits: TopicLimits;
  readonly #mayKeepHistory: boolean;
  readonly #memory: MemoryBudget | undefined;
  readonly #bySpace = new Map<string, TopicRegistry>();

  /**
   * @param mayKeepHistory R5: false for a realm that keeps no publications in any space.
   * @param memory B1: counts retained publications.
   */
  constructor(limits: TopicLimits, mayKeepHistory: boolean, memory?: MemoryBudget) {
    this.#limits = limits;
    this.#memory = memory;
    this.#mayKeepHistory = mayKeepHistory;
  }

  /** The number of topics with subscribers, by space. */
  counts(): [space: string, topics: number][] {
    return Array.from(this.#bySpace, ([space, topics]) => [space, topics.topicCount]);
  }

  of({ space, keepsHistory }: Pick<SessionTraits, 'space' | 'keepsHistory'>): TopicRegistry {
    const known = this.#bySpace.get(space);
    if (known !== undefined) return known;
    const topics = new TopicRegistry(this.#limits, keepsHistory && this.#mayKeepHistory, this.#memory);
    this.#bySpace.set(space, topics);
    return topics;
  }
}
