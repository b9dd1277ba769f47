import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import { LinesBroker } from '../support/lines-broker.ts';
import { RelayDialect } from '../../src/adapters/dialects/relay/dialect.ts';
import { LinesDialect } from '../../examples/lines-dialect/dialect.ts';

export const TOPICS = ['garden', 'house', 'roof', 'sea'] as const;

export type Topic = (typeof TOPICS)[number];

/** How somebody takes part: with presence and without an echo, or the other way round. Each kind has a space of its own. */
export type Kind = 'lines' | 'relay';

const LIMITS = {
  concurrentLimit: 5,
  topicsPerConnection: 2,
  topicJoins: 4,
  topicLength: 6,
  aliveTimeout: 10_000,
  pingInterval: 1_000,
};
const OVERREACHING = 1008;
const REALM_FULL = 1013;
const SILENT = 4002;
/** Pings, and why somebody is shown out: it is the code that counts. */
const SMALL_TALK = /^#(?! \S+ (came|left|are|\w+:))/;

/** Somebody who takes part, what it should have heard by now, and how it should have been closed. */
interface Guest {
  readonly kind: Kind;
  readonly far: MemoryClient;
  readonly id: string;
  readonly topics: Topic[];
  /** Whether it answers pings. */
  readonly isAwake: boolean;
  readonly expected: string[];
  closedWith: number | undefined;
}

/** A whole broker on a clock that stands, and a notebook of who should hear what. */
export class TopicModel {
  readonly #house = new LinesBroker(LIMITS, { moreDialects: [new LinesDialect('/lines'), new RelayDialect('/relay')] });
  readonly #guests: Guest[] = [];
  #words = 0;

  /** Those who are still there. */
  get here(): readonly Guest[] {
    return this.#guests.filter(({ closedWith }) => closedWith === undefined);
  }

  enters(kind: Kind, isAwake: boolean): void {
    const isFull = this.here.length >= LIMITS.concurrentLimit;
    const far = this.#house.transport.connect({ path: `/${kind}` });
    far.answersPings = isAwake;
    const id = /you are (.+)/.exec(far.received[0] ?? '')?.[1] ?? '';
    const greeting = kind === 'lines' && !isFull ? [`# you are ${id}`] : [];
    this.#guests.push({ kind, far, id, topics: [], isAwake, expected: greeting, closedWith: isFull ? REALM_FULL : undefined });
  }

  /** T1, T3, T5, T7. */
  joins(guest: Guest, topic: Topic): void {
    const isThere = guest.topics.includes(topic);
    const ofKind = this.here.filter(({ kind }) => kind === guest.kind);
    const joins = ofKind.reduce((sum, { topics }) => sum + topics.length, 0);
    guest.far.send(guest.kind === 'lines' ? `+${topic}` : JSON.stringify({ type: 'subscribe', topics: [topic] }));
    if (isThere) return;
    if (guest.topics.length === LIMITS.topicsPerConnection || joins === LIMITS.topicJoins) return this.#ends(guest, OVERREACHING);
    const others = this.#listeners(guest.kind, topic);
    guest.topics.push(topic);
    if (guest.kind !== 'lines') return;
    this.#order.set(`${guest.id} ${topic}`, ++this.#joined);
    guest.expected.push(`# in ${topic}: ${others.map(({ id }) => id).join(' ')}`.trimEnd());
    for (const other of others) other.expected.push(`# ${guest.id} came to ${topic}`);
  }

  /** T3, T7. */
  parts(guest: Guest, topic: Topic): void {
    guest.far.send(guest.kind === 'lines' ? `-${topic}` : JSON.stringify({ type: 'unsubscribe', topics: [topic] }));
    if (guest.topics.includes(topic)) this.#leaves(guest, topic);
  }

  /** T3, T4. */
  publishes(guest: Guest, topic: Topic): void {
    const word = `word${++this.#words}`;
    const listeners = this.#listeners(guest.kind, topic);
    if (guest.kind === 'lines') {
      guest.far.send(`${topic} ${word}`);
      for (const one of listeners) if (one !== guest) one.expected.push(`${topic} ${word}`);
      return;
    }
    const text = JSON.stringify({ type: 'publish', topic, word });
    guest.far.send(text);
    for (const one of listeners) one.expected.push(`${text.slice(0, -1)},"clients":${listeners.length}}`);
  }

  /** T1: none of a list is joined of which one can't be. */
  joinsBadly(guest: Guest): void {
    guest.far.send(guest.kind === 'lines' ? '+toolong' : JSON.stringify({ type: 'subscribe', topics: ['sea', 'toolong'] }));
  }

  /** T7. */
  goes(guest: Guest, how: 'close' | 'cut'): void {
    guest.far[how]();
    this.#ends(guest, how === 'close' ? 1000 : 1006);
  }

  /** Long enough for whoever answers no ping. */
  time(): void {
    for (let past = 0; past < LIMITS.aliveTimeout * 2; past += LIMITS.pingInterval) {
      this.#house.advance(LIMITS.pingInterval);
      // Lines are asked by a line, and answered by one.
      for (const { kind, isAwake, far } of this.here) if (kind === 'lines' && isAwake) far.send('');
    }
    for (const guest of this.here.filter(({ isAwake }) => !isAwake)) this.#ends(guest, SILENT);
  }

  /** @returns what is not as it should be; undefined where all is. */
  wrong(): string | undefined {
    for (const { far, id, kind, expected, closedWith } of this.#guests) {
      const heard = far.received.map((line) => line.trimEnd()).filter((line) => !SMALL_TALK.test(line));
      // Of several who fall silent at once, it is not said who is told first, nor what each of them still hears.
      const [seen, due] = closedWith === SILENT ? [[], []] : [settled(heard), settled(expected)];
      if (seen.join('\n') !== due.join('\n')) return `${kind} ${id} heard\n${seen.join('\n')}\ninstead of\n${due.join('\n')}`;
      if (far.closed?.code !== closedWith) return `${kind} ${id} was closed with ${far.closed?.code}, not ${closedWith}`;
    }
    return undefined;
  }

  readonly #order = new Map<string, number>();
  #joined = 0;

  /** In the order in which they joined. */
  #listeners(kind: Kind, topic: Topic): Guest[] {
    const listeners = this.here.filter((one) => one.kind === kind && one.topics.includes(topic));
    const rank = ({ id }: Guest): number => this.#order.get(`${id} ${topic}`) ?? 0;
    return listeners.sort((one, other) => rank(one) - rank(other));
  }

  #leaves(guest: Guest, topic: Topic): void {
    guest.topics.splice(guest.topics.indexOf(topic), 1);
    if (guest.kind !== 'lines') return;
    for (const other of this.#listeners('lines', topic)) if (other !== guest) other.expected.push(`# ${guest.id} left ${topic}`);
  }

  #ends(guest: Guest, code: number): void {
    guest.closedWith = code;
    for (const topic of [...guest.topics]) this.#leaves(guest, topic);
  }
}

/** Lines in their order, but for those that say who left: where they stand side by side, they are sorted. */
function settled(lines: readonly string[]): string[] {
  const all: string[] = [];
  let leaving: string[] = [];
  for (const line of [...lines, '']) {
    if (/^# \S+ left /.test(line)) {
      leaving.push(line);
      continue;
    }
    all.push(...leaving.sort(), line);
    leaving = [];
  }
  return all;
}
