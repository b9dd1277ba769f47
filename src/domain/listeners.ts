import { Hearing } from './hearing.ts';
import type { Joined, Session } from './session.ts';
import type { PatternsOf, Publication, TopicName, TopicPattern } from './topic.ts';
import { FIRST_SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES, textBytes } from './weights.ts';

/** How many listen by a pattern with the same key, and what a try costs. */
interface Shared {
  readonly weight: number;
  listeners: number;
}

const NO_PATTERNS: PatternsOf = new Map();

/** Who listens to what: from a topic to its listeners, and back. */
export class Listeners {
  readonly #byTopic = new Map<TopicName, Set<Session>>();
  /** Those that listen by a pattern may hear any publication. */
  readonly #byPattern = new Set<Session>();
  readonly #shared = new Map<string, Shared>();
  #joins = 0;
  #patterns = 0;
  #weight = 0;

  /** Pairs of a connection and a topic or pattern that it listens to. */
  get joins(): number {
    return this.#joins;
  }

  get patterns(): number {
    return this.#patterns;
  }

  /** T5: what a try of all patterns costs, for each unit of `extentOf`. The same pattern counts once. */
  get weight(): number {
    return this.#weight;
  }

  count(topic: TopicName): number {
    return this.#byTopic.get(topic)?.size ?? 0;
  }

  /** @returns whether it did not listen to it before. */
  addTopic(session: Session, topic: TopicName): boolean {
    const { topics } = joinedOf(session);
    if (topics.has(topic)) return false;
    topics.add(topic);
    joinedOf(session).bytes += subscriptionBytes(topic);
    const listeners = this.#byTopic.get(topic) ?? new Set<Session>();
    this.#byTopic.set(topic, listeners.add(session));
    this.#joins += 1;
    return true;
  }

  addPatterns(session: Session, added: readonly TopicPattern[]): void {
    const joined = joinedOf(session);
    const patterns = new Map(joined.patterns);
    for (const pattern of added) {
      if (patterns.has(pattern.key)) continue;
      patterns.set(pattern.key, pattern);
      joined.bytes += subscriptionBytes(pattern.key);
      this.#joins += 1;
      this.#patterns += 1;
      this.#share(pattern);
    }
    joined.patterns = patterns;
    if (patterns.size > 0) this.#byPattern.add(session);
  }

  /** @returns whether it listened to it. */
  dropTopic(session: Session, topic: TopicName): boolean {
    if (session.joined?.topics.delete(topic) !== true) return false;
    session.joined.bytes -= subscriptionBytes(topic);
    const listeners = this.#byTopic.get(topic);
    listeners?.delete(session);
    if (listeners?.size === 0) this.#byTopic.delete(topic);
    this.#joins -= 1;
    return true;
  }

  dropPatterns(session: Session, dropped: Iterable<string>): void {
    const { joined } = session;
    if (joined === undefined || joined.patterns.size === 0) return;
    const patterns = new Map(joined.patterns);
    for (const key of dropped) {
      if (!patterns.delete(key)) continue;
      joined.bytes -= subscriptionBytes(key);
      this.#joins -= 1;
      this.#patterns -= 1;
      this.#unshare(key);
    }
    joined.patterns = patterns;
    if (patterns.size === 0) this.#byPattern.delete(session);
  }

  /** All that listen to `topic` by its name, in the order they came. */
  of(topic: TopicName): Iterable<Session> {
    return this.#byTopic.get(topic) ?? [];
  }

  /** All that listen to any of `topics` by name, each once. */
  named(topics: readonly TopicName[]): readonly Session[] {
    if (topics.length === 1) return [...this.of(topics[0] as TopicName)];
    const found = new Set<Session>();
    for (const topic of topics) for (const session of this.of(topic)) found.add(session);
    return [...found];
  }

  /** @param mayHear of those that listen at all. */
  hearing(publication: Publication, named: readonly Session[], mayHear: (session: Session) => boolean): Hearing {
    const byName = new Set(named);
    const byPattern: [Session, PatternsOf][] = [];
    for (const session of this.#byPattern) {
      if (!byName.has(session) && mayHear(session)) byPattern.push([session, session.joined?.patterns ?? NO_PATTERNS]);
    }
    return new Hearing(publication, named, byPattern);
  }

  #share({ key, weight }: TopicPattern): void {
    const shared = this.#shared.get(key) ?? { weight, listeners: 0 };
    if (shared.listeners === 0) this.#weight += weight;
    shared.listeners += 1;
    this.#shared.set(key, shared);
  }

  #unshare(key: string): void {
    const shared = this.#shared.get(key);
    if (shared === undefined) return;
    shared.listeners -= 1;
    if (shared.listeners > 0) return;
    this.#shared.delete(key);
    this.#weight -= shared.weight;
  }
}

function joinedOf(session: Session): Joined {
  return (session.joined ??= { topics: new Set(), patterns: NO_PATTERNS, bytes: 0 });
}

/** B1: counts what a session listens to, once for all that it has joined or left. Its tables count with its first topic. */
export function weighTopics({ joined, holding }: Session): void {
  if (joined === undefined) return;
  holding?.set('topics', joined.bytes === 0 ? 0 : joined.bytes + FIRST_SUBSCRIPTION_BYTES - SUBSCRIPTION_BYTES);
}

/** Also where another connection listens to the same topic: it may leave earlier. */
export function subscriptionBytes(text: string): number {
  return SUBSCRIPTION_BYTES + textBytes(text);
}
