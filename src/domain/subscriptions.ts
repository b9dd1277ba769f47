import { SubscriberSearch } from './subscriber-search.ts';
import type { SessionSubscriptions, Session } from './session.ts';
import type { PatternMap, Publication, TopicName, TopicPattern } from './topic.ts';
import { FIRST_SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES, textBytes } from './memory-sizes.ts';

/** How many listen by a pattern with the same key, and what a try costs. */
interface SharedPattern {
  readonly matchCost: number;
  subscribers: number;
}

const NO_PATTERNS: PatternMap = new Map();

/** Who listens to what: from a topic to its listeners, and back. */
export class Subscriptions {
  readonly #byTopic = new Map<TopicName, Set<Session>>();
  /** Those that listen by a pattern may hear any publication. */
  readonly #byPattern = new Set<Session>();
  readonly #sharedPatterns = new Map<string, SharedPattern>();
  #count = 0;
  #patternCount = 0;
  #matchCost = 0;

  /** Pairs of a connection and a topic or pattern that it listens to. */
  get total(): number {
    return this.#count;
  }

  get patternCount(): number {
    return this.#patternCount;
  }

  /** T5: what a try of all patterns costs, for each unit of `extentOf`. The same pattern counts once. */
  get matchCost(): number {
    return this.#matchCost;
  }

  subscriberCount(topic: TopicName): number {
    return this.#byTopic.get(topic)?.size ?? 0;
  }

  /** @returns whether it did not listen to it before. */
  addTopic(session: Session, topic: TopicName): boolean {
    const { topics } = subscriptionsOf(session);
    if (topics.has(topic)) return false;
    topics.add(topic);
    subscriptionsOf(session).bytes += subscriptionBytes(topic);
    const subscribers = this.#byTopic.get(topic) ?? new Set<Session>();
    this.#byTopic.set(topic, subscribers.add(session));
    this.#count += 1;
    return true;
  }

  addPatterns(session: Session, added: readonly TopicPattern[]): void {
    const subscriptions = subscriptionsOf(session);
    const patterns = new Map(subscriptions.patterns);
    for (const pattern of added) {
      if (patterns.has(pattern.key)) continue;
      patterns.set(pattern.key, pattern);
      subscriptions.bytes += subscriptionBytes(pattern.key);
      this.#count += 1;
      this.#patternCount += 1;
      this.#share(pattern);
    }
    subscriptions.patterns = patterns;
    if (patterns.size > 0) this.#byPattern.add(session);
  }

  /** @returns whether it listened to it. */
  removeTopic(session: Session, topic: TopicName): boolean {
    if (session.subscriptions?.topics.delete(topic) !== true) return false;
    session.subscriptions.bytes -= subscriptionBytes(topic);
    const subscribers = this.#byTopic.get(topic);
    subscribers?.delete(session);
    if (subscribers?.size === 0) this.#byTopic.delete(topic);
    this.#count -= 1;
    return true;
  }

  removePatterns(session: Session, dropped: Iterable<string>): void {
    const { subscriptions } = session;
    if (subscriptions === undefined || subscriptions.patterns.size === 0) return;
    const patterns = new Map(subscriptions.patterns);
    for (const key of dropped) {
      if (!patterns.delete(key)) continue;
      subscriptions.bytes -= subscriptionBytes(key);
      this.#count -= 1;
      this.#patternCount -= 1;
      this.#unshare(key);
    }
    subscriptions.patterns = patterns;
    if (patterns.size === 0) this.#byPattern.delete(session);
  }

  /** All that listen to `topic` by its name, in the order they came. */
  subscribersOf(topic: TopicName): Iterable<Session> {
    return this.#byTopic.get(topic) ?? [];
  }

  /** All that listen to any of `topics` by name, each once. */
  subscribersOfAny(topics: readonly TopicName[]): readonly Session[] {
    if (topics.length === 1) return [...this.subscribersOf(topics[0] as TopicName)];
    const found = new Set<Session>();
    for (const topic of topics) for (const session of this.subscribersOf(topic)) found.add(session);
    return [...found];
  }

  /** @param isReceiver of those that listen at all. */
  search(publication: Publication, named: readonly Session[], isReceiver: (session: Session) => boolean): SubscriberSearch {
    const byName = new Set(named);
    const byPattern: [Session, PatternMap][] = [];
    for (const session of this.#byPattern) {
      if (!byName.has(session) && isReceiver(session)) byPattern.push([session, session.subscriptions?.patterns ?? NO_PATTERNS]);
    }
    return new SubscriberSearch(publication, named, byPattern);
  }

  #share({ key, matchCost }: TopicPattern): void {
    const shared = this.#sharedPatterns.get(key) ?? { matchCost, subscribers: 0 };
    if (shared.subscribers === 0) this.#matchCost += matchCost;
    shared.subscribers += 1;
    this.#sharedPatterns.set(key, shared);
  }

  #unshare(key: string): void {
    const shared = this.#sharedPatterns.get(key);
    if (shared === undefined) return;
    shared.subscribers -= 1;
    if (shared.subscribers > 0) return;
    this.#sharedPatterns.delete(key);
    this.#matchCost -= shared.matchCost;
  }
}

function subscriptionsOf(session: Session): SessionSubscriptions {
  return (session.subscriptions ??= { topics: new Set(), patterns: NO_PATTERNS, bytes: 0 });
}

/** B1: counts what a session listens to, once for all that it has joined or left. Its tables count with its first topic. */
export function recordTopicMemory({ subscriptions, memory }: Session): void {
  if (subscriptions === undefined) return;
  memory?.set('topics', subscriptions.bytes === 0 ? 0 : subscriptions.bytes + FIRST_SUBSCRIPTION_BYTES - SUBSCRIPTION_BYTES);
}

/** Also where another connection listens to the same topic: it may leave earlier. */
export function subscriptionBytes(text: string): number {
  return SUBSCRIPTION_BYTES + textBytes(text);
}
