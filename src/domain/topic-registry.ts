import { CatchUp } from './catch-up.ts';
import type { Decision } from './decision.ts';
import { partsByFollowedTopic } from './followed-topics.ts';
import { History, type HistoryLimits } from './history.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { Payload } from './message.ts';
import { type MissedPublications, missedPublications } from './missed-publications.ts';
import type { PresenceLimits } from './presence.ts';
import { RetainedPublications, type RetainedLimits } from './retained-publications.ts';
import type { Session } from './session.ts';
import { SubscriberSearch } from './subscriber-search.ts';
import { groupKey, isNoLocalFor, recordTopicMemory, subscriptionBytes, Subscriptions } from './subscriptions.ts';
import {
  maxUrlLength,
  parseTopicName,
  type Draft,
  type GroupSelector,
  type Publication,
  type RequestedTopics,
  type Selector,
  type TopicEvent,
  type TopicName,
  type TopicPattern,
} from './topic.ts';

/** Limits of the topics of one realm, for each space. */
export interface TopicLimits extends HistoryLimits, RetainedLimits, PresenceLimits {
  /** T1: length of a topic, in characters. */
  readonly topicLength: number;
  /** T5: subscriptions (topics and patterns) of one connection. */
  readonly topicsPerConnection: number;
  /** T5: subscriptions of all connections together. */
  readonly topicJoins: number;
  /** T5: patterns of all connections together. Each one is matched against every publication. */
  readonly topicPatterns: number;
  /** T5: connections in one topic of a dialect with presence, because each join notifies all of them. */
  readonly topicPresence: number;
}

/** R5: of a space without history. */
const NOTHING_RETAINED: RetainedLimits = { retainedMessages: 0, retainedBytes: 0 };

/** The reason why a subscription or a publication is rejected. */
export type TopicRefusal = 'topic-unusable' | 'too-many-topics';

/** The rules of all topics in one space of a realm: facts in, decisions out. */
export class TopicRegistry {
  readonly #limits: TopicLimits;
  readonly #subscriptions = new Subscriptions();
  readonly #history: History | undefined;
  /** T17. */
  readonly retained: RetainedPublications;

  constructor(limits: TopicLimits, keepsHistory: boolean, memory?: MemoryBudget) {
    this.#limits = limits;
    this.#history = keepsHistory ? new History(limits) : undefined;
    this.retained = new RetainedPublications(keepsHistory ? limits : NOTHING_RETAINED, memory);
  }

  /** T6: whether publications are kept in a history, so that each one needs an id. */
  get keepsHistory(): boolean {
    return this.#history !== undefined;
  }

  /** Topics with subscribers, without patterns. */
  get topicCount(): number {
    return this.#subscriptions.topicCount;
  }

  /** Pairs of a connection and a topic or pattern. */
  get subscriptionCount(): number {
    return this.#subscriptions.total;
  }

  /** T1, T5, B3: checks whether a connection may join all of `selectors`. @returns undefined if it may. */
  refusalFor(selectors: readonly Selector[], session?: Session): TopicRefusal | undefined {
    const { topicLength, topicsPerConnection, topicJoins, topicPatterns, topicPresence } = this.#limits;
    let isCrowded = false;
    let [topics, patterns, bytes] = [0, 0, 0];
    for (const selector of selectors) {
      if (isGrouped(selector) && session?.subscriptions?.groups?.has(groupKey(selector)) === true) continue;
      if ('pattern' in selector) {
        if (selector.pattern.length > topicLength) return 'topic-unusable';
        if (isGrouped(selector) || session?.subscriptions?.patterns.has(selector.key) !== true) {
          patterns += 1;
          bytes += subscriptionBytes(isGrouped(selector) ? groupKey(selector) : selector.key);
        }
        continue;
      }
      const topic = parseTopicName(selector.topic, topicLength);
      if (!topic.ok) return topic.refusal;
      if (!isGrouped(selector) && session?.subscriptions?.topics.has(topic.value) === true) continue;
      topics += 1;
      bytes += subscriptionBytes(isGrouped(selector) ? groupKey(selector) : topic.value);
      isCrowded ||=
        !isGrouped(selector) &&
        session?.requestedTopics?.presence === true &&
        this.#subscriptions.subscriberCount(topic.value) >= topicPresence;
    }
    const added = topics + patterns;
    const before = subscriptionsIn(session);
    const isTooMany =
      isCrowded ||
      before + added > topicsPerConnection ||
      this.#subscriptions.total + added > topicJoins ||
      this.#subscriptions.patternCount + patterns > topicPatterns;
    const isTooMuch = session?.memory?.hasRoomFor('topics', bytes + (session.subscriptions?.bytes ?? 0)) === false;
    return added > 0 && (isTooMany || isTooMuch) ? 'too-many-topics' : undefined;
  }

  /** T3, T7: joins all selectors; idempotent. The caller checks `refusalFor` first. */
  join(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    this.#subscriptions.addPatterns(session, selectors.filter(isPattern));
    for (const selector of selectors) {
      if (isGrouped(selector)) this.#subscriptions.addToGroup(session, selector);
      if (isGrouped(selector) || 'pattern' in selector) continue;
      const topic = selector.topic as TopicName;
      if (this.#subscriptions.addTopic(session, topic, selector.isNoLocal) && session.requestedTopics?.presence === true) {
        this.#announceJoin(session, topic, out);
      }
    }
    recordTopicMemory(session);
  }

  /** T3, T5, MER5: joins the requested topics, now or after a replay. @returns false if a limit is exceeded. */
  subscribeRequested(session: Session, requested: RequestedTopics, out: Decision[]): boolean {
    if (requested.since === undefined || this.#history === undefined) return this.joinWithin(session, requested.selectors, out);
    if (this.refusalFor(requested.selectors, session) !== undefined) return false;
    out.push({ do: 'replay', session, missed: new CatchUp(this.#history, requested, this.#limits.sendBufferBytes / 2) });
    return true;
  }

  /** T3, T5: joins all selectors, or none. @returns false if a limit is exceeded. */
  joinWithin(session: Session, selectors: readonly Selector[], out: Decision[]): boolean {
    if (this.refusalFor(selectors, session) !== undefined) return false;
    this.join(session, selectors, out);
    return true;
  }

  /** T3: removes subscriptions. Selectors without a subscription are ignored. */
  leave(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    this.#subscriptions.removePatterns(
      session,
      selectors.filter(isPattern).map(({ key }) => key),
    );
    for (const selector of selectors) {
      if (isGrouped(selector)) this.#subscriptions.removeFromGroup(session, groupKey(selector));
      else if (!('pattern' in selector)) this.#leaveTopic(session, selector.topic as TopicName, undefined, out);
    }
    recordTopicMemory(session);
  }

  /** T7, T8: removes all subscriptions of a connection that has ended. */
  leaveAll(session: Session, out: Decision[]): void {
    const { subscriptions } = session;
    if (subscriptions === undefined) return;
    this.#subscriptions.removePatterns(session, subscriptions.patterns.keys());
    for (const key of [...(subscriptions.groups?.keys() ?? [])]) this.#subscriptions.removeFromGroup(session, key);
    for (const topic of [...subscriptions.topics]) this.#leaveTopic(session, topic, session.will, out);
    recordTopicMemory(session);
  }

  /** T1: validates a draft. The payload of the publication is still borrowed. */
  parsePublication(draft: Draft, id: string, from: Session | undefined): Publication | TopicRefusal {
    const topics: TopicName[] = [];
    const names = draft.topics.length > 0 ? draft.topics : (from?.subscriptions?.topics ?? []);
    for (const text of names) {
      const topic = parseTopicName(text, this.#limits.topicLength);
      if (!topic.ok) return topic.refusal;
      topics.push(topic.value);
    }
    if (topics.length === 0) return 'topic-unusable';
    if (topics.length > this.#limits.topicsPerConnection || this.#isTooExpensive(topics)) return 'too-many-topics';
    const { payload, form, type, retry, isPrivate = false, extra, retain } = draft;
    const origin = { id, isOwnId: draft.id === undefined, from: from?.id };
    return { ...origin, topics, payload, form, type, retry, isPrivate, extra, retain: retain && { lifetime: retain.lifetime } };
  }

  /**
   * T3, T4, T6: adds the publication to the history and notifies all subscribers but `except`.
   * @param origin `publisher`: MQ19, undefined if it receives the publication for every subscription; `served`: see
   * `SubscriberGroups`.
   * @returns the number of candidates: every receiver, and subscribers by pattern that are still to be matched.
   */
  publish(
    publication: Publication,
    except: Session | undefined,
    out: Decision[],
    { publisher, served }: { readonly publisher?: Session | undefined; readonly served?: readonly string[] | undefined } = {},
  ): number {
    this.#history?.add(publication);
    const isReceiver = (session: Session): boolean => session !== except && session.state === 'open';
    const isExcluded = publisher !== undefined && isNoLocalFor(publisher, publication.topics);
    const isNamed = isExcluded ? (session: Session): boolean => session !== publisher && isReceiver(session) : isReceiver;
    const named = this.#subscriptions.subscribersOfAny(publication.topics).filter(isNamed);
    const subscribers = this.#subscriptions.subscriberCount(publication.topics[0] as TopicName);
    const event: TopicEvent = { event: 'publication', publication, subscribers };
    const receivers = { except, served };
    const inGroups = (): number => this.#subscriptions.groups.publish(publication, subscribers, receivers, out);
    const searched = this.#subscriptions.patternCount > 0 || publication.isPrivate ? isReceiver : undefined;
    if (publication.topics.length > 1) return this.#publishByTopic(event, named, searched, out) + inGroups();
    if (searched === undefined) {
      notifyAll(named, event, out);
      return named.length + inGroups();
    }
    const search = this.#subscriptions.search(publication, named, isReceiver, { publisher });
    if (search.candidates.length > 0) out.push({ do: 'broadcast', search, event });
    return search.candidates.length + inGroups();
  }

  /**
   * T3: notifies the subscribers of a publication with several topics.
   * @param isReceiver undefined if no pattern and no clearance is to be matched.
   */
  #publishByTopic(
    event: Extract<TopicEvent, { event: 'publication' }>,
    named: readonly Session[],
    isReceiver: ((session: Session) => boolean) | undefined,
    out: Decision[],
  ): number {
    let count = 0;
    for (const [index, { publication, subscribers }] of partsByFollowedTopic(event.publication, named).entries()) {
      if (isReceiver === undefined || (index > 0 && !publication.isPrivate)) {
        notifyAll(subscribers, { ...event, publication }, out);
        count += subscribers.length;
        continue;
      }
      const isFirst = index === 0;
      const search = isFirst
        ? this.#subscriptions.search(publication, subscribers, isReceiver, { allNamed: named })
        : new SubscriberSearch(publication, subscribers, []);
      if (search.candidates.length > 0) out.push({ do: 'broadcast', search, event: { ...event, publication } });
      count += search.candidates.length;
    }
    return count;
  }

  /** MER5: the publications that such a subscriber missed, within history and send buffer. Undefined without a history. */
  replayFor(requested: RequestedTopics): MissedPublications | undefined {
    return this.#history && missedPublications(this.#history, requested, this.#limits.sendBufferBytes / 2);
  }

  /** T5: a publication with one topic is always accepted. With more topics, matching all patterns must stay within the limit. */
  #isTooExpensive(topics: readonly TopicName[]): boolean {
    const { matchCost } = this.#subscriptions;
    if (topics.length === 1 || matchCost === 0) return false;
    return topics.reduce((sum, topic) => sum + maxUrlLength(topic), 0) * matchCost > MAX_PUBLICATION_STEPS;
  }

  #announceJoin(session: Session, topic: TopicName, out: Decision[]): void {
    const others = this.#othersPresent(session, topic);
    out.push({ do: 'notify', to: [session.connection], event: { event: 'present', topic, peers: others.map(({ id }) => id) } });
    notifyAll(others, { event: 'joined', topic, peer: session.id }, out);
  }

  #leaveTopic(session: Session, topic: TopicName, will: Payload | undefined, out: Decision[]): void {
    if (!this.#subscriptions.removeTopic(session, topic) || session.requestedTopics?.presence !== true) return;
    notifyAll(this.#othersPresent(session, topic), { event: 'left', topic, peer: session.id, will }, out);
  }

  #othersPresent(session: Session, topic: TopicName): Session[] {
    const others: Session[] = [];
    for (const other of this.#subscriptions.subscribersOf(topic)) {
      if (other !== session && other.state === 'open' && other.requestedTopics?.presence === true) others.push(other);
    }
    return others;
  }
}

function notifyAll(sessions: readonly Session[], event: Extract<Decision, { do: 'notify' }>['event'], out: Decision[]): void {
  if (sessions.length > 0) out.push({ do: 'notify', to: sessions.map(({ connection }) => connection), event });
}

/** T5: limit for matching all patterns against all topics of one publication. */
const MAX_PUBLICATION_STEPS = 64_000_000;

function isPattern(selector: Selector): selector is TopicPattern {
  return 'pattern' in selector && selector.group === undefined;
}

function isGrouped(selector: Selector): selector is GroupSelector {
  return selector.group !== undefined;
}

/** Topics and patterns of a connection. */
function subscriptionsIn({ subscriptions }: Partial<Pick<Session, 'subscriptions'>> = {}): number {
  if (subscriptions === undefined) return 0;
  return subscriptions.topics.size + subscriptions.patterns.size + (subscriptions.groups?.size ?? 0);
}
