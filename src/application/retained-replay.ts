import type { ConnectionId } from '../domain/ids.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Meter, Selector, TopicPattern } from '../domain/topic.ts';
import type { TopicRegistry } from '../domain/topic-registry.ts';
import type { Connections } from './connections.ts';
import { NextTurn } from './next-turn.ts';
import type { Performer } from './performer.ts';
import type { Clock } from './ports/clock.ts';
import type { Turns } from './turns.ts';

export interface RetainedReplayParts {
  readonly connections: Connections;
  readonly performer: Performer;
  readonly clock: Clock;
  readonly turns: Turns;
}

/** M23: work in one turn of the event loop. A step takes some nanoseconds, and a delivery about 10 µs. */
const STEPS_PER_TURN = 50_000;
const STEPS_PER_DELIVERY = 500;

/** M19: steps that cost one more token. */
const STEPS_PER_TOKEN = 50_000;

/** The subscriptions of one connection, whose retained publications are still to be found. */
interface Search {
  readonly session: RealmSession;
  readonly topics: TopicRegistry;
  /** By key. */
  patterns: Map<string, TopicPattern>;
  /** Subscribed during the search, for the next one. */
  next: Map<string, TopicPattern>;
  names: Iterator<string>;
  steps: number;
}

/**
 * T17: sends the retained publications to new subscribers: those of a topic at once, those of a pattern in later turns and in
 * slices. At most one search for each connection.
 */
export class RetainedReplay {
  readonly #parts: RetainedReplayParts;
  readonly #searches = new Map<ConnectionId, Search>();
  readonly #nextTurn: NextTurn;

  constructor(parts: RetainedReplayParts) {
    this.#parts = parts;
    this.#nextTurn = new NextTurn(parts.clock, () => {
      parts.turns.run(() => this.#slice());
      if (this.#searches.size > 0) this.#nextTurn.request();
    });
  }

  /** Must be called within a turn, after the receipt. */
  send(session: RealmSession, selectors: readonly Selector[]): void {
    const topics = session.realm.topics(session.traits);
    if (topics.retained.size === 0) return;
    for (const selector of selectors) {
      if ('pattern' in selector) this.#add(session, topics, selector);
      else if (isSubscribed(session, selector)) this.#deliver(session, topics, selector.topic);
    }
  }

  #add(session: RealmSession, topics: TopicRegistry, pattern: TopicPattern): void {
    const running = this.#searches.get(session.connection);
    if (running !== undefined) return void running.next.set(pattern.key, pattern);
    const patterns = new Map([[pattern.key, pattern]]);
    const search = {
      session,
      topics,
      patterns,
      next: new Map<string, TopicPattern>(),
      names: topics.retained.topics(),
      steps: 0,
    };
    this.#searches.set(session.connection, search);
    this.#nextTurn.request();
  }

  #slice(): void {
    const meter = { steps: 0 };
    for (const [id, search] of this.#searches) {
      const before = meter.steps;
      const isDone = this.#searchSome(search, meter);
      this.#charge(search, meter.steps - before);
      this.#searches.delete(id);
      // Last, so that a long search does not delay those of other connections.
      if (!isDone) this.#searches.set(id, search);
      if (meter.steps >= STEPS_PER_TURN) return;
    }
  }

  /** @returns whether the search has ended. */
  #searchSome(search: Search, meter: Meter): boolean {
    const { session, topics } = search;
    while (meter.steps < STEPS_PER_TURN) {
      if (session.state !== 'open') return true;
      const next = search.names.next();
      if (next.done === true) {
        if (search.next.size === 0) return true;
        search.patterns = search.next;
        search.next = new Map();
        search.names = topics.retained.topics();
        continue;
      }
      meter.steps += 1;
      if (!matchesAny(search, next.value, meter)) continue;
      meter.steps += STEPS_PER_DELIVERY;
      this.#deliver(session, topics, next.value);
    }
    return false;
  }

  #charge(search: Search, steps: number): void {
    const { session } = search;
    search.steps += steps;
    const tokens = Math.floor(search.steps / STEPS_PER_TOKEN);
    search.steps %= STEPS_PER_TOKEN;
    if (tokens === 0 || session.state !== 'open') return;
    const { performer, clock } = this.#parts;
    const decision = session.realm.takeTokens(session, clock.now(), tokens);
    if (decision !== undefined) performer.perform(session.realm, decision, clock.now());
  }

  #deliver(session: RealmSession, topics: TopicRegistry, topic: string): void {
    const { connections, clock } = this.#parts;
    const retained = topics.retained.find(topic, clock.now());
    if (retained === undefined) return;
    const { publication, keptSince } = retained;
    connections.notify([session.connection], {
      event: 'publication',
      publication,
      subscribers: 1,
      retained: { age: clock.now() - keptSince },
    });
  }
}

/** The client may have unsubscribed meanwhile. */
function matchesAny({ session, patterns }: Search, name: string, meter: Meter): boolean {
  for (const pattern of patterns.values()) if (isSubscribed(session, pattern) && pattern.matches(name, meter)) return true;
  return false;
}

function isSubscribed({ subscriptions }: RealmSession, selector: Selector): boolean {
  if ('pattern' in selector) return subscriptions?.patterns.has(selector.key) === true;
  return subscriptions?.topics.has(selector.topic as never) === true;
}
