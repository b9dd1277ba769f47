import type { MemoryBudget } from './memory-budget.ts';
import { Presence } from './presence.ts';
import type { SessionTraits } from './session.ts';
import { TopicRegistry, type TopicLimits } from './topic-registry.ts';

/** T2, T19: the topic registries and the members of a realm, one of each for each space. */
export class TopicSpaces {
  readonly #limits: TopicLimits;
  readonly #mayKeepHistory: boolean;
  readonly #memory: MemoryBudget | undefined;
  readonly #bySpace = new Map<string, TopicRegistry>();
  readonly #presences = new Map<string, Presence>();

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

  /** T19. */
  presence({ space }: Pick<SessionTraits, 'space'>): Presence {
    const known = this.#presences.get(space);
    if (known !== undefined) return known;
    const presence = new Presence(this.#limits);
    this.#presences.set(space, presence);
    return presence;
  }
}
