import { FIRST_SUBSCRIPTION_BYTES, NO_LOCAL_BYTES, SUBSCRIPTION_BYTES, textBytes } from './memory-sizes.ts';
import type { GroupMember, Session, SessionSubscriptions } from './session.ts';
import { SubscriberGroups } from './subscriber-groups.ts';
import { SubscriberSearch } from './subscriber-search.ts';
import type { GroupSelector, PatternMap, Publication, TopicName, TopicPattern } from './topic.ts';

/** A pattern that subscribers share by its key. */
interface SharedPattern {
  readonly matchCost: number;
  subscribers: number;
}

interface SearchOptions {
  readonly allNamed?: readonly Session[];
  readonly publisher?: Session | undefined;
}

const NO_PATTERNS: PatternMap = new Map();

/** The subscribers of each topic and pattern, and the topics and patterns of each subscriber. */
export class Subscriptions {
  readonly #byTopic = new Map<TopicName, Set<Session>>();
  /** Subscribers by pattern, which may match any publication. */
  readonly #byPattern = new Set<Session>();
  readonly #sharedPatterns = new Map<string, SharedPattern>();
  readonly #groups = new SubscriberGroups();
  #count = 0;
  #patternCount = 0;
  #matchCost = 0;

  /** Pairs of a connection and a topic or pattern. */
  get total(): number {
    return this.#count + this.#groups.total;
  }

  /** Topics with subscribers, without patterns. */
  get topicCount(): number {
    return this.#byTopic.size;
  }

  get patternCount(): number {
    return this.#patternCount + this.#groups.patternCount;
  }

  /** T5: steps for matching all patterns, for each unit of `maxUrlLength`. A shared pattern counts once. */
  get matchCost(): number {
    return this.#matchCost + this.#groups.matchCost;
  }

  get groups(): SubscriberGroups {
    return this.#groups;
  }

  subscriberCount(topic: TopicName): number {
    return this.#byTopic.get(topic)?.size ?? 0;
  }

  /** MQ19: a repeated subscription changes `isNoLocal` only. @returns false if the session was subscribed already. */
  addTopic(session: Session, topic: TopicName, isNoLocal = false): boolean {
    const { topics } = subscriptionsOf(session);
    setNoLocal(subscriptionsOf(session), topic, isNoLocal);
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
      const isKnown = patterns.has(pattern.key);
      patterns.set(pattern.key, pattern);
      if (isKnown) continue;
      subscriptions.bytes += subscriptionBytes(pattern.key);
      this.#count += 1;
      this.#patternCount += 1;
      this.#share(pattern);
    }
    subscriptions.patterns = patterns;
    if (patterns.size > 0) this.#byPattern.add(session);
  }

  /** @returns false if the session was not subscribed. */
  removeTopic(session: Session, topic: TopicName): boolean {
    if (session.subscriptions?.topics.delete(topic) !== true) return false;
    session.subscriptions.bytes -= subscriptionBytes(topic);
    setNoLocal(session.subscriptions, topic, false);
    const subscribers = this.#byTopic.get(topic);
    subscribers?.delete(session);
    if (subscribers?.size === 0) this.#byTopic.delete(topic);
    this.#count -= 1;
    return true;
  }

  removePatterns(session: Session, removed: Iterable<string>): void {
    const { subscriptions } = session;
    if (subscriptions === undefined || subscriptions.patterns.size === 0) return;
    const patterns = new Map(subscriptions.patterns);
    for (const key of removed) {
      if (!patterns.delete(key)) continue;
      subscriptions.bytes -= subscriptionBytes(key);
      this.#count -= 1;
      this.#patternCount -= 1;
      this.#unshare(key);
    }
    subscriptions.patterns = patterns;
    if (patterns.size === 0) this.#byPattern.delete(session);
  }

  /** T15. */
  addToGroup(session: Session, selector: GroupSelector): void {
    const subscriptions = subscriptionsOf(session);
    const key = groupKey(selector);
    const groups = (subscriptions.groups ??= new Map<string, GroupMember>());
    if (groups.has(key)) return;
    const member = { session, selector };
    groups.set(key, member);
    subscriptions.bytes += subscriptionBytes(key);
    this.#groups.add(member);
  }

  /** T15. @param key of `groupKey`. */
  removeFromGroup({ subscriptions }: Session, key: string): void {
    const member = subscriptions?.groups?.get(key);
    if (subscriptions === undefined || member === undefined) return;
    subscriptions.groups?.delete(key);
    subscriptions.bytes -= subscriptionBytes(key);
    this.#groups.remove(member);
  }

  /** The subscribers of `topic` by name, in order of subscription. */
  subscribersOf(topic: TopicName): Iterable<Session> {
    return this.#byTopic.get(topic) ?? [];
  }

  /** The subscribers of any of `topics` by name, each once. */
  subscribersOfAny(topics: readonly TopicName[]): readonly Session[] {
    if (topics.length === 1) return [...this.subscribersOf(topics[0] as TopicName)];
    const found = new Set<Session>();
    for (const topic of topics) for (const session of this.subscribersOf(topic)) found.add(session);
    return [...found];
  }

  /**
   * @param isReceiver filters the subscribers by pattern.
   * @param options `allNamed`: all subscribers by name, if `named` are some of them. `publisher`: MQ19.
   */
  search(
    publication: Publication,
    named: readonly Session[],
    isReceiver: (session: Session) => boolean,
    { allNamed = named, publisher }: SearchOptions = {},
  ): SubscriberSearch {
    const byName = new Set(allNamed);
    const byPattern: [Session, PatternMap][] = [];
    for (const session of this.#byPattern) {
      if (!byName.has(session) && isReceiver(session)) byPattern.push([session, session.subscriptions?.patterns ?? NO_PATTERNS]);
    }
    return new SubscriberSearch(publication, named, byPattern, publisher);
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

/** MQ19. */
function setNoLocal(subscriptions: SessionSubscriptions, topic: TopicName, isNoLocal: boolean): void {
  if (isNoLocal === (subscriptions.noLocal?.has(topic) === true)) return;
  if (isNoLocal) (subscriptions.noLocal ??= new Set()).add(topic);
  else subscriptions.noLocal?.delete(topic);
  subscriptions.bytes += isNoLocal ? NO_LOCAL_BYTES : -NO_LOCAL_BYTES;
}

/** MQ19: whether the session does not receive its own publication for its subscriptions by name. */
export function isNoLocalFor({ subscriptions }: Session, topics: readonly TopicName[]): boolean {
  const noLocal = subscriptions?.noLocal;
  return noLocal !== undefined && topics.every((topic) => noLocal.has(topic) || !subscriptions?.topics.has(topic));
}

/** T15: identifies a selector among those of a connection in groups. */
export function groupKey(selector: GroupSelector): string {
  return JSON.stringify([
    selector.group,
    'topic' in selector ? selector.topic : null,
    'pattern' in selector ? selector.key : null,
  ]);
}

/** B1: updates the memory of all subscriptions of a session. The first subscription includes the tables. */
export function recordTopicMemory({ subscriptions, memory }: Session): void {
  if (subscriptions === undefined) return;
  memory?.set('topics', subscriptions.bytes === 0 ? 0 : subscriptions.bytes + FIRST_SUBSCRIPTION_BYTES - SUBSCRIPTION_BYTES);
}

/** Does not depend on other subscribers of the topic, because they may leave earlier. */
export function subscriptionBytes(text: string): number {
  return SUBSCRIPTION_BYTES + textBytes(text);
}
