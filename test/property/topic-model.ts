import { LinesDialect } from '../../examples/lines-dialect/dialect.ts';
import { RelayDialect } from '../../src/adapters/dialects/relay/dialect.ts';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import { LinesBroker } from '../support/lines-broker.ts';

export const TOPICS = ['garden', 'street', 'roof', 'sea'] as const;

export type Topic = (typeof TOPICS)[number];

/** `lines`: with presence, without echo. `relay`: without presence, with echo. Each kind has its own space. */
export type Kind = 'lines' | 'relay';

const LIMITS = {
  concurrentLimit: 5,
  topicsPerConnection: 2,
  topicJoins: 4,
  topicLength: 6,
  aliveTimeout: 10_000,
  pingInterval: 1_000,
};
const LIMIT_EXCEEDED = 1008;
const REALM_FULL = 1013;
const TIMED_OUT = 4002;
/** Lines that are not compared: pings, and close reasons, whose codes are compared. */
const NOT_COMPARED = /^#(?! \S+ (came|left|are|\w+:))/;

/** A client, the lines that it should have received so socket, and its expected close code. */
interface Client {
  readonly kind: Kind;
  readonly socket: MemoryClient;
  readonly id: string;
  readonly topics: Topic[];
  /** Whether the client answers pings. */
  readonly answersPings: boolean;
  readonly expected: string[];
  closeCode: number | undefined;
}

/** A whole broker on a manual clock, and a model of the notifications that each client should receive. */
export class TopicModel {
  readonly #broker = new LinesBroker(LIMITS, { moreDialects: [new LinesDialect('/lines'), new RelayDialect('/relay')] });
  readonly #clients: Client[] = [];
  #publications = 0;

  /** Clients that should be connected. */
  get connected(): readonly Client[] {
    return this.#clients.filter(({ closeCode }) => closeCode === undefined);
  }

  connect(kind: Kind, answersPings: boolean): void {
    const isFull = this.connected.length >= LIMITS.concurrentLimit;
    const socket = this.#broker.transport.connect({ path: `/${kind}` });
    socket.answersPings = answersPings;
    const id = /you are (.+)/.exec(socket.received[0] ?? '')?.[1] ?? '';
    const greeting = kind === 'lines' && !isFull ? [`# you are ${id}`] : [];
    this.#clients.push({
      kind,
      socket,
      id,
      topics: [],
      answersPings,
      expected: greeting,
      closeCode: isFull ? REALM_FULL : undefined,
    });
  }

  /** T1, T3, T5, T7. */
  join(client: Client, topic: Topic): void {
    const isSubscribed = client.topics.includes(topic);
    const ofKind = this.connected.filter(({ kind }) => kind === client.kind);
    const subscriptions = ofKind.reduce((sum, { topics }) => sum + topics.length, 0);
    client.socket.send(client.kind === 'lines' ? `+${topic}` : JSON.stringify({ type: 'subscribe', topics: [topic] }));
    if (isSubscribed) return;
    if (client.topics.length === LIMITS.topicsPerConnection || subscriptions === LIMITS.topicJoins) {
      return this.#close(client, LIMIT_EXCEEDED);
    }
    const others = this.#subscribers(client.kind, topic);
    client.topics.push(topic);
    if (client.kind !== 'lines') return;
    this.#order.set(`${client.id} ${topic}`, ++this.#joinCount);
    client.expected.push(`# in ${topic}: ${others.map(({ id }) => id).join(' ')}`.trimEnd());
    for (const other of others) other.expected.push(`# ${client.id} came to ${topic}`);
  }

  /** T3, T7. */
  leave(client: Client, topic: Topic): void {
    client.socket.send(client.kind === 'lines' ? `-${topic}` : JSON.stringify({ type: 'unsubscribe', topics: [topic] }));
    if (client.topics.includes(topic)) this.#leave(client, topic);
  }

  /** T3, T4. */
  publish(client: Client, topic: Topic): void {
    const word = `word${++this.#publications}`;
    const subscribers = this.#subscribers(client.kind, topic);
    if (client.kind === 'lines') {
      client.socket.send(`${topic} ${word}`);
      for (const one of subscribers) if (one !== client) one.expected.push(`${topic} ${word}`);
      return;
    }
    const text = JSON.stringify({ type: 'publish', topic, word });
    client.socket.send(text);
    for (const one of subscribers) one.expected.push(`${text.slice(0, -1)},"clients":${subscribers.length}}`);
  }

  /** T1: joins no topic of a list that contains an invalid one. */
  joinInvalid(client: Client): void {
    client.socket.send(client.kind === 'lines' ? '+toolong' : JSON.stringify({ type: 'subscribe', topics: ['sea', 'toolong'] }));
  }

  /** T7. */
  disconnect(client: Client, how: 'close' | 'cut'): void {
    client.socket[how]();
    this.#close(client, how === 'close' ? 1000 : 1006);
  }

  /** Advances the clock beyond the liveness timeout. */
  timeOut(): void {
    for (let past = 0; past < LIMITS.aliveTimeout * 2; past += LIMITS.pingInterval) {
      this.#broker.advance(LIMITS.pingInterval);
      // The lines dialect pings with a line, and expects a line as the answer.
      for (const { kind, answersPings, socket } of this.connected) if (kind === 'lines' && answersPings) socket.send('');
    }
    for (const client of this.connected.filter(({ answersPings }) => !answersPings)) this.#close(client, TIMED_OUT);
  }

  /** @returns the first difference from the model; undefined for none. */
  difference(): string | undefined {
    for (const { socket, id, kind, expected, closeCode } of this.#clients) {
      const received = socket.received.map((line) => line.trimEnd()).filter((line) => !NOT_COMPARED.test(line));
      // If several clients time out at once, the order of their notifications is not specified.
      const [actual, wanted] = closeCode === TIMED_OUT ? [[], []] : [withSortedLeaves(received), withSortedLeaves(expected)];
      if (actual.join('\n') !== wanted.join('\n')) {
        return `${kind} ${id} received\n${actual.join('\n')}\ninstead of\n${wanted.join('\n')}`;
      }
      if (socket.closed?.code !== closeCode) return `${kind} ${id} was closed with ${socket.closed?.code}, not ${closeCode}`;
    }
    return undefined;
  }

  readonly #order = new Map<string, number>();
  #joinCount = 0;

  /** In the order of subscription. */
  #subscribers(kind: Kind, topic: Topic): Client[] {
    const subscribers = this.connected.filter((one) => one.kind === kind && one.topics.includes(topic));
    const rank = ({ id }: Client): number => this.#order.get(`${id} ${topic}`) ?? 0;
    return subscribers.sort((one, other) => rank(one) - rank(other));
  }

  #leave(client: Client, topic: Topic): void {
    client.topics.splice(client.topics.indexOf(topic), 1);
    if (client.kind !== 'lines') return;
    for (const other of this.#subscribers('lines', topic)) {
      if (other !== client) other.expected.push(`# ${client.id} left ${topic}`);
    }
  }

  #close(client: Client, code: number): void {
    client.closeCode = code;
    for (const topic of [...client.topics]) this.#leave(client, topic);
  }
}

/** The lines in order, with adjacent `left` lines sorted. */
function withSortedLeaves(lines: readonly string[]): string[] {
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
