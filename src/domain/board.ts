import type { Decision } from './decision.ts';
import { anyFits, type Budget } from './hearing.ts';
import { History, type HistoryLimits, type Missed } from './history.ts';
import { Listeners, subscriptionBytes, weighTopics } from './listeners.ts';
import type { Payload } from './message.ts';
import type { Session } from './session.ts';
import {
  extentOf,
  parseTopicName,
  type Clearance,
  type Draft,
  type News,
  type Publication,
  type Selector,
  type TopicName,
  type TopicPattern,
  type Wishes,
} from './topic.ts';

/** How much one realm may have of topics, in each space. */
export interface BoardLimits extends HistoryLimits {
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
export class Board {
  readonly #limits: BoardLimits;
  readonly #listeners = new Listeners();
  readonly #history: History | undefined;

  constructor(limits: BoardLimits, remembers: boolean) {
    this.#limits = limits;
    this.#history = remembers ? new History(limits) : undefined;
  }

  /** T6: whether publications are kept, so that each needs an id. */
  get remembers(): boolean {
    return this.#history !== undefined;
  }

  /** Pairs of a connection and what it listens to. */
  get joins(): number {
    return this.#listeners.joins;
  }

  /** T1, T5, B3: why a connection can't join these; undefined where it can. All or none are joined. */
  refuses(selectors: readonly Selector[], session?: Session): TopicRefusal | undefined {
    const { topicLength, topicsPerConnection, topicJoins, topicPatterns, topicPresence } = this.#limits;
    let isCrowded = false;
    let [topics, patterns, bytes] = [0, 0, 0];
    for (const selector of selectors) {
      if ('pattern' in selector) {
        if (selector.pattern.length > topicLength) return 'topic-unusable';
        if (session?.joined?.patterns.has(selector.key) !== true) {
          patterns += 1;
          bytes += subscriptionBytes(selector.key);
        }
        continue;
      }
      const topic = parseTopicName(selector.topic, topicLength);
      if (!topic.ok) return topic.refusal;
      if (session?.joined?.topics.has(topic.value) === true) continue;
      topics += 1;
      bytes += subscriptionBytes(topic.value);
      isCrowded ||= session?.wishes?.presence === true && this.#listeners.count(topic.value) >= topicPresence;
    }
    const added = topics + patterns;
    const before = (session?.joined?.topics.size ?? 0) + (session?.joined?.patterns.size ?? 0);
    const isTooMany =
      isCrowded ||
      before + added > topicsPerConnection ||
      this.#listeners.joins + added > topicJoins ||
      this.#listeners.patterns + patterns > topicPatterns;
    const isTooMuch = session?.holding?.mayHold('topics', bytes + (session.joined?.bytes ?? 0)) === false;
    return added > 0 && (isTooMany || isTooMuch) ? 'too-many-topics' : undefined;
  }

  /** T3, T7: joins all of them. Joining again changes nothing. To be called where `refuses` does not. */
  join(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    this.#listeners.addPatterns(session, selectors.filter(isPattern));
    for (const selector of selectors) {
      if ('pattern' in selector) continue;
      const topic = selector.topic as TopicName;
      if (this.#listeners.addTopic(session, topic) && session.wishes?.presence === true) this.#introduce(session, topic, out);
    }
    weighTopics(session);
  }

  /** T3, T5, MER5: joins what it came for, and replays what it missed. @returns false where it asks for too much. */
  begin(session: Session, { joins, since }: Pick<Wishes, 'joins' | 'since'>, out: Decision[]): boolean {
    if (this.refuses(joins, session) !== undefined) return false;
    this.join(session, joins, out);
    if (since !== undefined) this.replay(session, out);
    return true;
  }

  /** T3: hears no more of these. Of what it does not listen to, nothing is said. */
  part(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    this.#listeners.dropPatterns(
      session,
      selectors.filter(isPattern).map(({ key }) => key),
    );
    for (const selector of selectors) {
      if (!('pattern' in selector)) this.#drop(session, selector.topic as TopicName, undefined, out);
    }
    weighTopics(session);
  }

  /** T7, T8: the connection is over. */
  left(session: Session, out: Decision[]): void {
    const { joined } = session;
    if (joined === undefined) return;
    this.#listeners.dropPatterns(session, joined.patterns.keys());
    for (const topic of [...joined.topics]) this.#drop(session, topic, session.will, out);
    weighTopics(session);
  }

  /** T1: what can be published as it was written; its payload is still borrowed. */
  read(draft: Draft, id: string, from: Session | undefined): Publication | TopicRefusal {
    const topics: TopicName[] = [];
    const written = draft.topics.length > 0 ? draft.topics : (from?.joined?.topics ?? []);
    for (const text of written) {
      const topic = parseTopicName(text, this.#limits.topicLength);
      if (!topic.ok) return topic.refusal;
      topics.push(topic.value);
    }
    if (topics.length === 0) return 'topic-unusable';
    if (topics.length > this.#limits.topicsPerConnection || this.#isTooCostly(topics)) return 'too-many-topics';
    const { payload, type, retry, isPrivate = false } = draft;
    return { id, isOwnId: draft.id === undefined, topics, payload, type, retry, isPrivate, from: from?.id };
  }

  /**
   * T3, T4, T6: tells all that listen, and keeps it. @param except does not hear it.
   * @returns how many may hear it.
   */
  publish(publication: Publication, except: Session | undefined, out: Decision[]): number {
    this.#history?.keep(publication);
    const mayHear = (session: Session): boolean => session !== except && session.state === 'open';
    const named = this.#listeners.named(publication.topics).filter(mayHear);
    const listeners = this.#listeners.count(publication.topics[0] as TopicName);
    const news: News = { news: 'publication', publication, listeners };
    if (this.#listeners.patterns === 0 && !publication.isPrivate) {
      tellAll(named, news, out);
      return named.length;
    }
    const hearing = this.#listeners.hearing(publication, named, mayHear);
    if (hearing.listeners.length > 0) out.push({ do: 'spread', hearing, news });
    return hearing.listeners.length;
  }

  /** MER5: what such a listener has missed, as far as it is kept and can be told at once. Undefined where nothing is kept. */
  missed({ joins, clearance, since }: Wishes): Missed | undefined {
    if (since === undefined) return undefined;
    const budget: Budget = { steps: 0, most: REPLAY_STEPS };
    const hears = (publication: Publication): boolean | undefined => hearsOf(publication, joins, clearance, budget);
    let room = this.#limits.sendBufferBytes / 2;
    return this.#history?.since(
      since,
      (publication) => hears(publication) === true,
      (publication) => {
        const isHeard = hears(publication);
        if (isHeard === false) return 'leave';
        room -= extentOfEvent(publication);
        return isHeard === undefined || room < 0 ? 'stop' : 'take';
      },
    );
  }

  /** MER5: tells a connection that has just joined what it missed, in order, before anything new. */
  replay(session: Session, out: Decision[]): void {
    const missed = session.wishes === undefined ? undefined : this.missed(session.wishes);
    for (const publication of missed?.publications ?? []) {
      const listeners = this.#listeners.count(publication.topics[0] as TopicName);
      out.push({ do: 'tell', to: [session.connection], news: { news: 'publication', publication, listeners } });
    }
  }

  /** T5: one topic may always be tried with all patterns, more only as long as that is bounded. */
  #isTooCostly(topics: readonly TopicName[]): boolean {
    const { weight } = this.#listeners;
    if (topics.length === 1 || weight === 0) return false;
    return topics.reduce((sum, topic) => sum + extentOf(topic), 0) * weight > PUBLICATION_STEPS;
  }

  #introduce(session: Session, topic: TopicName, out: Decision[]): void {
    const others = this.#othersPresent(session, topic);
    out.push({ do: 'tell', to: [session.connection], news: { news: 'present', topic, peers: others.map(({ id }) => id) } });
    tellAll(others, { news: 'joined', topic, peer: session.id }, out);
  }

  #drop(session: Session, topic: TopicName, will: Payload | undefined, out: Decision[]): void {
    if (!this.#listeners.dropTopic(session, topic) || session.wishes?.presence !== true) return;
    tellAll(this.#othersPresent(session, topic), { news: 'left', topic, peer: session.id, will }, out);
  }

  #othersPresent(session: Session, topic: TopicName): Session[] {
    const others: Session[] = [];
    for (const other of this.#listeners.of(topic)) {
      if (other !== session && other.state === 'open' && other.wishes?.presence === true) others.push(other);
    }
    return others;
  }
}

function tellAll(sessions: readonly Session[], news: Extract<Decision, { do: 'tell' }>['news'], out: Decision[]): void {
  if (sessions.length > 0) out.push({ do: 'tell', to: sessions.map(({ connection }) => connection), news });
}

/** T5: steps that trying all patterns with all topics of one publication may take. */
const PUBLICATION_STEPS = 64_000_000;

/** MER5: steps that finding what a listener missed may take. */
const REPLAY_STEPS = 2_000_000;

function hearsOf(
  publication: Publication,
  joins: readonly Selector[],
  clearance: Clearance | undefined,
  budget: Budget,
): boolean | undefined {
  const listens = anyFits(publication.topics, joins, budget);
  if (listens !== true || !publication.isPrivate || clearance === 'all') return listens;
  return anyFits(publication.topics, clearance ?? [], budget);
}

/** About how long it is on the wire: each line of the payload has a prefix there. */
function extentOfEvent({ id, type, payload }: Publication): number {
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
