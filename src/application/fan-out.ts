import type { SubscriberSearch } from '../domain/subscriber-search.ts';
import { UNBOUNDED } from '../domain/subscriber-search.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Receivers, TopicEvent } from '../domain/topic.ts';
import type { DeliveryBatch, Connection } from './connection.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect } from './ports/dialect.ts';

export interface FanOutParts {
  readonly clock: Clock;
  readonly find: (id: ConnectionId) => Connection | undefined;
  readonly write: (id: ConnectionId, connection: Connection, text: Uint8Array) => void;
}

// About a microsecond each: what one turn of the event loop spends on telling news.
const UNITS_PER_TURN = 500;
const BYTES_PER_UNIT = 4096;
const STEPS_PER_UNIT = 1000;

/** T10: deliveries that may wait. Beyond it, requests are refused; beyond twice of it, the oldest are served at once. */
export const MAX_PENDING_DELIVERIES = 200_000;

/**
 * T10: tells news to any number of connections in slices, each within one turn of the event loop. News is encoded
 * once for each dialect. What a connection is owed is told in order, before anything else is written to it.
 */
export class FanOut {
  readonly #parts: FanOutParts;
  readonly #batches: DeliveryBatch[] = [];
  #first = 0;
  #waiting = 0;
  #spent = 0;
  #isAwaited = false;

  constructor(parts: FanOutParts) {
    this.#parts = parts;
  }

  /** T10: whether so much waits that nothing more should be accepted. */
  get isFull(): boolean {
    return this.#waiting >= MAX_PENDING_DELIVERIES;
  }

  /** Tells all of `to`, each in its own dialect, now or in later turns. The news is borrowed for the call. */
  notify(to: Receivers, news: TopicEvent): void {
    this.#deliver(to.length, (place) => to[place] as ConnectionId, undefined, news);
  }

  /** The same for those that hear it. */
  broadcast(hearing: SubscriberSearch, news: TopicEvent): void {
    const { candidates } = hearing;
    this.#deliver(candidates.length, (place) => candidates[place]?.connection as ConnectionId, hearing, news);
  }

  /** Tells a connection all that it is owed: something else is to be written to it. */
  flush(id: ConnectionId, connection: Connection): void {
    const { pendingBatches } = connection;
    connection.pendingBatches = undefined;
    for (const batch of pendingBatches ?? []) {
      const place = batch.search === undefined ? 0 : (batch.indexes[batch.recipients.indexOf(id, batch.nextRecipient)] ?? 0);
      if (batch.search?.matches(place, { steps: 0, maxSteps: UNBOUNDED }) === false) continue;
      this.#write(id, connection, batch.frames.get(connection.dialect));
    }
  }

  #deliver(count: number, idAt: (place: number) => ConnectionId, search: SubscriberSearch | undefined, news: TopicEvent): void {
    let batch: DeliveryBatch | undefined;
    const texts: DeliveryBatch['frames'] = new Map();
    for (let place = 0; place < count; place++) {
      const id = idAt(place);
      const connection = this.#parts.find(id);
      if (connection === undefined) continue;
      const isDue = connection.pendingBatches === undefined && this.#spent < UNITS_PER_TURN;
      const hears = isDue ? this.#matches(search, place) : undefined;
      if (hears === false) continue;
      if (hears === true) {
        this.#write(id, connection, textFor(connection.dialect, news, texts));
        continue;
      }
      batch ??= { recipients: [], search, indexes: [], frames: new Map(), nextRecipient: 0 };
      keepText(connection.dialect, news, batch.frames, texts);
      batch.recipients.push(id);
      if (search !== undefined) batch.indexes.push(place);
      (connection.pendingBatches ??= []).push(batch);
    }
    if (batch !== undefined) this.#queue(batch);
    else if (this.#spent > 0) this.#awaitTurn();
  }

  #queue(batch: DeliveryBatch): void {
    this.#batches.push(batch);
    this.#waiting += batch.recipients.length;
    while (this.#waiting > 2 * MAX_PENDING_DELIVERIES) this.#serve();
    this.#awaitTurn();
  }

  /** A new turn of the event loop has its own share. */
  #awaitTurn(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    const { clock } = this.#parts;
    clock.wakeAt(clock.now(), () => {
      this.#isAwaited = false;
      this.#serve();
      if (this.#waiting > 0) this.#awaitTurn();
    });
  }

  /** One slice: the oldest first. */
  #serve(): void {
    this.#spent = 0;
    for (let batch = this.#batches[this.#first]; batch !== undefined; batch = this.#batches[this.#first]) {
      if (!this.#serveBatch(batch)) return;
      this.#first += 1;
    }
    this.#batches.length = 0;
    this.#first = 0;
  }

  /** @returns whether all of it are served. */
  #serveBatch(batch: DeliveryBatch): boolean {
    for (; batch.nextRecipient < batch.recipients.length; batch.nextRecipient++, this.#waiting--) {
      if (this.#spent >= UNITS_PER_TURN) return false;
      const id = batch.recipients[batch.nextRecipient] as ConnectionId;
      const connection = this.#parts.find(id);
      if (connection?.pendingBatches?.[0] !== batch) continue;
      const hears = this.#matches(batch.search, batch.indexes[batch.nextRecipient] ?? 0);
      if (hears === undefined) return false;
      connection.pendingBatches.shift();
      if (connection.pendingBatches.length === 0) connection.pendingBatches = undefined;
      if (hears) this.#write(id, connection, batch.frames.get(connection.dialect));
    }
    return true;
  }

  #matches(hearing: SubscriberSearch | undefined, place: number): boolean | undefined {
    if (hearing === undefined) return true;
    const budget = { steps: 0, maxSteps: (UNITS_PER_TURN - this.#spent) * STEPS_PER_UNIT };
    const hears = hearing.matches(place, budget);
    this.#spent += budget.steps / STEPS_PER_UNIT;
    if (hears === undefined) this.#spent = Math.max(this.#spent, UNITS_PER_TURN);
    return hears;
  }

  /** MER12: a listener whose token has ended hears nothing more, also before its stream is closed. */
  #write(id: ConnectionId, connection: Connection, text: Uint8Array | undefined): void {
    const { clock, write } = this.#parts;
    const expiresAt = connection.session?.requestedTopics?.expiresAt;
    if (text === undefined || (expiresAt !== undefined && clock.now() >= expiresAt)) return;
    this.#spent += 1 + text.length / BYTES_PER_UNIT;
    write(id, connection, text);
  }
}

function textFor(dialect: Dialect, news: TopicEvent, texts: DeliveryBatch['frames']): Uint8Array | undefined {
  if (!texts.has(dialect)) texts.set(dialect, dialect.encodeEvent(news));
  return texts.get(dialect);
}

/** What waits outlives the call that lent it. */
function keepText(dialect: Dialect, news: TopicEvent, kept: DeliveryBatch['frames'], texts: DeliveryBatch['frames']): void {
  if (kept.has(dialect)) return;
  const text = textFor(dialect, news, texts);
  kept.set(dialect, text && new Uint8Array(text));
}
