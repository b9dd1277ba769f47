import type { Decision } from './decision.ts';
import { anyMatches, type Budget } from './subscriber-search.ts';
import { History, type HistoryLimits, type Replay } from './history.ts';
import { Subscriptions, subscriptionBytes, recordTopicMemory } from './subscriptions.ts';
import type { Payload } from './message.ts';
import type { Session } from './session.ts';
import {
  maxUrlLength,
  parseTopicName,
  type Clearance,
  type Draft,
  type TopicEvent,
  type Publication,
  type Selector,
  type TopicName,
  type TopicPattern,
  type RequestedTopics,
} from './topic.ts';

/** How much one realm may have of topics, in each space. */
export interface TopicLimits extends HistoryLimits {
  /** T1: characters of a topic. */
  readonly topicLength: number;
  /** T5: topics and patterns that one connection listens to. */
  readonly topicsPerConnection: number;
  /** T5: the same, of all connections together. */
  readonly topicJoins: number;
  /** T5: patterns of all connections together: each is tried for every publication. */
  readonly topicPatterns: number;
  /** MER5: half of it may be replayed. */
  readonly sendBufferBytes: number;
  /** T5: connections in one topic of a dialect with presence: each that joins costs as much as there are. */
  readonly topicPresence: number;
}

/** Why nothing is joined, or published. */
export type TopicRefusal = 'topic-unusable' | 'too-many-topics';

/** The rules of the topics of one realm in one space: facts in, decisions out. */
export class TopicRegistry {
  readonly #limits: TopicLimits;
  readonly #subscriptions = new Subscriptions();
  readonly #history: History | undefined;

  constructor(limits: TopicLimits, remembers: boolean) {
    this.#limits = limits;
    this.#history = remembers ? new History(limits) : undefined;
  }

  /** T6: whether publications are kept, so that each needs an id. */
  get keepsHistory(): boolean {
    return this.#history !== undefined;
  }

  /** Pairs of a connection and what it listens to. */
  get subscriptionCount(): number {
    return this.#subscriptions.total;
  }

  /** T1, T5, B3: why a connection can't join these; undefined where it can. All or none are joined. */
  refusalFor(selectors: readonly Selector[], session?: Session): TopicRefusal | undefined {
    const { topicLength, topicsPerConnection, topicJoins, topicPatterns, topicPresence } = this.#limits;
    let isCrowded = false;
    let [topics, patterns, bytes] = [0, 0, 0];
    for (const selector of selectors) {
      if ('pattern' in selector) {
        if (selector.pattern.length > topicLength) return 'topic-unusable';
        if (session?.subscriptions?.patterns.has(selector.key) !== true) {
          patterns += 1;
          bytes += subscriptionBytes(selector.key);
        }
        continue;
      }
      const topic = parseTopicName(selector.topic, topicLength);
      if (!topic.ok) return topic.refusal;
      if (session?.subscriptions?.topics.has(topic.value) === true) continue;
      topics += 1;
      bytes += subscriptionBytes(topic.value);
      isCrowded ||=
        session?.requestedTopics?.presence === true && this.#subscriptions.subscriberCount(topic.value) >= topicPresence;
    }
    const added = topics + patterns;
    const before = (session?.subscriptions?.topics.size ?? 0) + (session?.subscriptions?.patterns.size ?? 0);
    const isTooMany =
      isCrowded ||
      before + added > topicsPerConnection ||
      this.#subscriptions.total + added > topicJoins ||
      this.#subscriptions.patternCount + patterns > topicPatterns;
    const isTooMuch = session?.memory?.hasRoomFor('topics', bytes + (session.subscriptions?.bytes ?? 0)) === false;
    return added > 0 && (isTooMany || isTooMuch) ? 'too-many-topics' : undefined;
  }

  /** T3, T7: joins all of them. Joining again changes nothing. To be called where `refuses` does not. */
  join(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    this.#subscriptions.addPatterns(session, selectors.filter(isPattern));
    for (const selector of selectors) {
      if ('pattern' in selector) continue;
      const topic = selector.topic as TopicName;
      if (this.#subscriptions.addTopic(session, topic) && session.requestedTopics?.presence === true)
        {this.#announceJoin(session, topic, out);}
    }
    recordTopicMemory(session);
  }

  /** T3, T5, MER5: joins what it came for, and replays what it missed. @returns false where it asks for too much. */
  subscribeRequested(
    session: Session,
    { selectors, since }: Pick<RequestedTopics, 'selectors' | 'since'>,
    out: Decision[],
  ): boolean {
    if (this.refusalFor(selectors, session) !== undefined) return false;
    this.join(session, selectors, out);
    if (since !== undefined) this.replay(session, out);
    return true;
  }

  /** T3: hears no more of these. Of what it does not listen to, nothing is said. */
  leave(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    this.#subscriptions.removePatterns(
      session,
      selectors.filter(isPattern).map(({ key }) => key),
    );
    for (const selector of selectors) {
      if (!('pattern' in selector)) this.#leaveTopic(session, selector.topic as TopicName, undefined, out);
    }
    recordTopicMemory(session);
  }

  /** T7, T8: the connection is over. */
  leaveAll(session: Session, out: Decision[]): void {
    const { subscriptions } = session;
    if (subscriptions === undefined) return;
    this.#subscriptions.removePatterns(session, subscriptions.patterns.keys());
    for (const topic of [...subscriptions.topics]) this.#leaveTopic(session, topic, session.will, out);
    recordTopicMemory(session);
  }

  /** T1: what can be published as it was written; its payload is still borrowed. */
  parsePublication(draft: Draft, id: string, from: Session | undefined): Publication | TopicRefusal {
    const topics: TopicName[] = [];
    const written = draft.topics.length > 0 ? draft.topics : (from?.subscriptions?.topics ?? []);
    for (const text of written) {
      const topic = parseTopicName(text, this.#limits.topicLength);
      if (!topic.ok) return topic.refusal;
      topics.push(topic.value);
    }
    if (topics.length === 0) return 'topic-unusable';
    if (topics.length > this.#limits.topicsPerConnection || this.#isTooExpensive(topics)) return 'too-many-topics';
    const { payload, type, retry, isPrivate = false } = draft;
    return { id, isOwnId: draft.id === undefined, topics, payload, type, retry, isPrivate, from: from?.id };
  }

  /**
   * T3, T4, T6: tells all that listen, and keeps it. @param except does not hear it.
   * @returns how many may hear it.
   */
  publish(publication: Publication, except: Session | undefined, out: Decision[]): number {
    this.#history?.add(publication);
    const isReceiver = (session: Session): boolean => session !== except && session.state === 'open';
    const named = this.#subscriptions.subscribersOfAny(publication.topics).filter(isReceiver);
    const subscribers = this.#subscriptions.subscriberCount(publication.topics[0] as TopicName);
    const event: TopicEvent = { event: 'publication', publication, subscribers };
    if (this.#subscriptions.patternCount === 0 && !publication.isPrivate) {
      notifyAll(named, event, out);
      return named.length;
    }
    const search = this.#subscriptions.search(publication, named, isReceiver);
    if (search.candidates.length > 0) out.push({ do: 'broadcast', search, event });
    return search.candidates.length;
  }

  /** MER5: what such a listener has missed, as far as it is kept and can be told at once. Undefined where nothing is kept. */
  replayFor({ selectors, clearance, since }: RequestedTopics): Replay | undefined {
    if (since === undefined) return undefined;
    const budget: Budget = { steps: 0, maxSteps: MAX_REPLAY_STEPS };
    const hears = (publication: Publication): boolean | undefined => mayReceive(publication, selectors, clearance, budget);
    let room = this.#limits.sendBufferBytes / 2;
    return this.#history?.replaySince(
      since,
      (publication) => hears(publication) === true,
      (publication) => {
        const isHeard = hears(publication);
        if (isHeard === false) return 'leave';
        room -= estimatedEventBytes(publication);
        return isHeard === undefined || room < 0 ? 'stop' : 'take';
      },
    );
  }

  /** MER5: tells a connection that has just joined what it missed, in order, before anything new. */
  replay(session: Session, out: Decision[]): void {
    const missed = session.requestedTopics === undefined ? undefined : this.replayFor(session.requestedTopics);
    for (const publication of missed?.publications ?? []) {
      const subscribers = this.#subscriptions.subscriberCount(publication.topics[0] as TopicName);
      out.push({ do: 'notify', to: [session.connection], event: { event: 'publication', publication, subscribers } });
    }
  }

  /** T5: one topic may always be tried with all patterns, more only as long as that is bounded. */
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

/** T5: steps that trying all patterns with all topics of one publication may take. */
const MAX_PUBLICATION_STEPS = 64_000_000;

/** MER5: steps that finding what a listener missed may take. */
const MAX_REPLAY_STEPS = 2_000_000;

function mayReceive(
  publication: Publication,
  joins: readonly Selector[],
  clearance: Clearance | undefined,
  budget: Budget,
): boolean | undefined {
  const listens = anyMatches(publication.topics, joins, budget);
  if (listens !== true || !publication.isPrivate || clearance === 'all') return listens;
  return anyMatches(publication.topics, clearance ?? [], budget);
}

/** About how long it is on the wire: each line of the payload has a prefix there. */
function estimatedEventBytes({ id, type, payload }: Publication): number {
  let lines = 1;
  for (const byte of payload) if (byte === LINE_FEED || byte === CARRIAGE_RETURN) lines += 1;
  return EVENT_BYTES + 3 * (id.length + (type?.length ?? 0)) + payload.length + LINE_BYTES * lines;
}

const EVENT_BYTES = 64;
const LINE_BYTES = 8;
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];

function isPattern(selector: Selector): selector is TopicPattern {
  return 'pattern' in selector;
}
