import type { Session } from './session.ts';
import type { Selector, TopicName } from './topic.ts';

/** What one connection listens to. */
export interface Joined {
  readonly topics: Set<TopicName>;
  readonly patterns: Map<string, Pattern>;
}

type Pattern = Extract<Selector, { pattern: string }>;

/** Who listens to what: from a topic to its listeners, and back. */
export class Listeners {
  readonly #byTopic = new Map<TopicName, Set<Session>>();
  /** Those that listen by a pattern are looked at for every publication. */
  readonly #byPattern = new Set<Session>();
  #joins = 0;
  #patterns = 0;

  /** Pairs of a connection and a topic or pattern that it listens to. */
  get joins(): number {
    return this.#joins;
  }

  get patterns(): number {
    return this.#patterns;
  }

  count(topic: TopicName): number {
    return this.#byTopic.get(topic)?.size ?? 0;
  }

  /** @returns whether it did not listen to it before. */
  addTopic(session: Session, topic: TopicName): boolean {
    const { topics } = joinedOf(session);
    if (topics.has(topic)) return false;
    topics.add(topic);
    const listeners = this.#byTopic.get(topic) ?? new Set<Session>();
    this.#byTopic.set(topic, listeners.add(session));
    this.#joins += 1;
    return true;
  }

  addPattern(session: Session, pattern: Pattern): void {
    const { patterns } = joinedOf(session);
    if (patterns.has(pattern.pattern)) return;
    patterns.set(pattern.pattern, pattern);
    this.#byPattern.add(session);
    this.#joins += 1;
    this.#patterns += 1;
  }

  /** @returns whether it listened to it. */
  dropTopic(session: Session, topic: TopicName): boolean {
    if (session.joined?.topics.delete(topic) !== true) return false;
    const listeners = this.#byTopic.get(topic);
    listeners?.delete(session);
    if (listeners?.size === 0) this.#byTopic.delete(topic);
    this.#joins -= 1;
    return true;
  }

  dropPattern(session: Session, pattern: string): void {
    if (session.joined?.patterns.delete(pattern) !== true) return;
    if (session.joined.patterns.size === 0) this.#byPattern.delete(session);
    this.#joins -= 1;
    this.#patterns -= 1;
  }

  /** All that listen to `topic` by its name, in the order they came. */
  of(topic: TopicName): Iterable<Session> {
    return this.#byTopic.get(topic) ?? [];
  }

  /** All that listen to any of `topics`, each once. */
  *ofAny(topics: readonly TopicName[]): Generator<Session> {
    if (topics.length === 1 && this.#byPattern.size === 0) {
      yield* this.of(topics[0] as TopicName);
      return;
    }
    const found = new Set<Session>();
    for (const topic of topics) for (const session of this.of(topic)) found.add(session);
    for (const session of this.#byPattern) if (fitsAny(session, topics)) found.add(session);
    yield* found;
  }
}

function joinedOf(session: Session): Joined {
  return (session.joined ??= { topics: new Set(), patterns: new Map() });
}

function fitsAny(session: Session, topics: readonly TopicName[]): boolean {
  for (const pattern of session.joined?.patterns.values() ?? []) {
    if (topics.some((topic) => pattern.fits(topic))) return true;
  }
  return false;
}
