import type { Decision } from './decision.ts';
import { History, type HistoryLimits, type Missed } from './history.ts';
import type { ConnectionId } from './ids.ts';
import { Listeners } from './listeners.ts';
import type { Payload } from './message.ts';
import type { Session } from './session.ts';
import { parseTopicName, type Draft, type Publication, type Selector, type TopicName } from './topic.ts';

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

  /** T1, T5: why a connection can't join these; undefined where it can. All or none are joined. */
  refuses(selectors: readonly Selector[], session?: Session): TopicRefusal | undefined {
    const { topicLength, topicsPerConnection, topicJoins, topicPatterns } = this.#limits;
    let [topics, patterns] = [0, 0];
    for (const selector of selectors) {
      if ('pattern' in selector) {
        if (selector.pattern.length > topicLength) return 'topic-unusable';
        if (session?.joined?.patterns.has(selector.pattern) !== true) patterns += 1;
        continue;
      }
      const topic = parseTopicName(selector.topic, topicLength);
      if (!topic.ok) return topic.refusal;
      if (session?.joined?.topics.has(topic.value) !== true) topics += 1;
    }
    const added = topics + patterns;
    const before = (session?.joined?.topics.size ?? 0) + (session?.joined?.patterns.size ?? 0);
    const isTooMany =
      before + added > topicsPerConnection ||
      this.#listeners.joins + added > topicJoins ||
      this.#listeners.patterns + patterns > topicPatterns;
    return added > 0 && isTooMany ? 'too-many-topics' : undefined;
  }

  /** T3, T7: joins all of them. Joining again changes nothing. To be called where `refuses` does not. */
  join(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    for (const selector of selectors) {
      if ('pattern' in selector) {
        this.#listeners.addPattern(session, selector);
        continue;
      }
      const topic = selector.topic as TopicName;
      if (this.#listeners.addTopic(session, topic) && session.wishes?.presence === true) this.#introduce(session, topic, out);
    }
  }

  /** T3: hears no more of these. Of what it does not listen to, nothing is said. */
  part(session: Session, selectors: readonly Selector[], out: Decision[]): void {
    for (const selector of selectors) {
      if ('pattern' in selector) this.#listeners.dropPattern(session, selector.pattern);
      else this.#drop(session, selector.topic as TopicName, undefined, out);
    }
  }

  /** T7, T8: the connection is over. */
  left(session: Session, out: Decision[]): void {
    const { joined } = session;
    if (joined === undefined) return;
    for (const pattern of [...joined.patterns.keys()]) this.#listeners.dropPattern(session, pattern);
    for (const topic of [...joined.topics]) this.#drop(session, topic, session.will, out);
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
    if (topics.length > this.#limits.topicsPerConnection) return 'too-many-topics';
    const { payload, type, retry, isPrivate = false } = draft;
    return { id, topics, payload, type, retry, isPrivate, from: from?.id };
  }

  /** T3, T4, T6: tells all that listen, and keeps it. @param except does not hear it. */
  publish(publication: Publication, except: Session | undefined, out: Decision[]): void {
    this.#history?.keep(publication);
    const to: ConnectionId[] = [];
    for (const session of this.#listeners.ofAny(publication.topics)) {
      if (session !== except && mayHear(session, publication)) to.push(session.connection);
    }
    if (to.length === 0) return;
    const listeners = this.#listeners.count(publication.topics[0] as TopicName);
    out.push({ do: 'tell', to, news: { news: 'publication', publication, listeners } });
  }

  /** MER5: what was published after `since`, as far as it is kept. */
  missed(since: string): Missed | undefined {
    return this.#history?.since(since);
  }

  /** MER5: tells a connection that has just joined what it missed, in order, before anything new. */
  replay(session: Session, since: string, out: Decision[]): void {
    for (const publication of this.#history?.since(since).publications ?? []) {
      if (!listensTo(session, publication) || !mayHear(session, publication)) continue;
      const listeners = this.#listeners.count(publication.topics[0] as TopicName);
      out.push({ do: 'tell', to: [session.connection], news: { news: 'publication', publication, listeners } });
    }
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

/** MER7: what is private, only on topics that it is cleared for. */
function mayHear(session: Session, { isPrivate, topics }: Publication): boolean {
  if (session.state !== 'open') return false;
  return !isPrivate || topics.some((topic) => session.wishes?.isCleared?.(topic) === true);
}

function listensTo({ joined }: Session, { topics }: Publication): boolean {
  if (joined === undefined) return false;
  if (topics.some((topic) => joined.topics.has(topic))) return true;
  for (const pattern of joined.patterns.values()) if (topics.some((topic) => pattern.fits(topic))) return true;
  return false;
}
