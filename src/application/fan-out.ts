import type { Hearing } from '../domain/hearing.ts';
import { UNBOUNDED } from '../domain/hearing.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Audience, News } from '../domain/topic.ts';
import type { Batch, Connection } from './connection.ts';
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
export const MOST_WAITING = 200_000;

/**
 * T10: tells news to any number of connections in slices, each within one turn of the event loop. News is encoded
 * once for each dialect. What a connection is owed is told in order, before anything else is written to it.
 */
export class FanOut {
  readonly #parts: FanOutParts;
  readonly #batches: Batch[] = [];
  #first = 0;
  #waiting = 0;
  #spent = 0;
  #isAwaited = false;

  constructor(parts: FanOutParts) {
    this.#parts = parts;
  }

  /** T10: whether so much waits that nothing more should be accepted. */
  get isFull(): boolean {
    return this.#waiting >= MOST_WAITING;
  }

  /** Tells all of `to`, each in its own dialect, now or in later turns. The news is borrowed for the call. */
  tell(to: Audience, news: News): void {
    this.#spread(to.length, (place) => to[place] as ConnectionId, undefined, news);
  }

  /** The same for those that hear it. */
  spread(hearing: Hearing, news: News): void {
    const { listeners } = hearing;
    this.#spread(listeners.length, (place) => listeners[place]?.connection as ConnectionId, hearing, news);
  }

  /** Tells a connection all that it is owed: something else is to be written to it. */
  settle(id: ConnectionId, connection: Connection): void {
    const { owed } = connection;
    connection.owed = undefined;
    for (const batch of owed ?? []) {
      const place = batch.hearing === undefined ? 0 : (batch.places[batch.to.indexOf(id, batch.next)] ?? 0);
      if (batch.hearing?.hears(place, { steps: 0, most: UNBOUNDED }) === false) continue;
      this.#write(id, connection, batch.texts.get(connection.dialect));
    }
  }

  #spread(count: number, idAt: (place: number) => ConnectionId, hearing: Hearing | undefined, news: News): void {
    let batch: Batch | undefined;
    const texts: Batch['texts'] = new Map();
    for (let place = 0; place < count; place++) {
      const id = idAt(place);
      const connection = this.#parts.find(id);
      if (connection === undefined) continue;
      const isDue = connection.owed === undefined && this.#spent < UNITS_PER_TURN;
      const hears = isDue ? this.#hears(hearing, place) : undefined;
      if (hears === false) continue;
      if (hears === true) {
        this.#write(id, connection, textFor(connection.dialect, news, texts));
        continue;
      }
      batch ??= { to: [], hearing, places: [], texts: new Map(), next: 0 };
      keepText(connection.dialect, news, batch.texts, texts);
      batch.to.push(id);
      if (hearing !== undefined) batch.places.push(place);
      (connection.owed ??= []).push(batch);
    }
    if (batch !== undefined) this.#queue(batch);
    else if (this.#spent > 0) this.#awaitTurn();
  }

  #queue(batch: Batch): void {
    this.#batches.push(batch);
    this.#waiting += batch.to.length;
    while (this.#waiting > 2 * MOST_WAITING) this.#serve();
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
  #serveBatch(batch: Batch): boolean {
    for (; batch.next < batch.to.length; batch.next++, this.#waiting--) {
      if (this.#spent >= UNITS_PER_TURN) return false;
      const id = batch.to[batch.next] as ConnectionId;
      const connection = this.#parts.find(id);
      if (connection?.owed?.[0] !== batch) continue;
      const hears = this.#hears(batch.hearing, batch.places[batch.next] ?? 0);
      if (hears === undefined) return false;
      connection.owed.shift();
      if (connection.owed.length === 0) connection.owed = undefined;
      if (hears) this.#write(id, connection, batch.texts.get(connection.dialect));
    }
    return true;
  }

  #hears(hearing: Hearing | undefined, place: number): boolean | undefined {
    if (hearing === undefined) return true;
    const budget = { steps: 0, most: (UNITS_PER_TURN - this.#spent) * STEPS_PER_UNIT };
    const hears = hearing.hears(place, budget);
    this.#spent += budget.steps / STEPS_PER_UNIT;
    if (hears === undefined) this.#spent = Math.max(this.#spent, UNITS_PER_TURN);
    return hears;
  }

  /** MER12: a listener whose token has ended hears nothing more, also before its stream is closed. */
  #write(id: ConnectionId, connection: Connection, text: Uint8Array | undefined): void {
    const { clock, write } = this.#parts;
    const expiresAt = connection.session?.wishes?.expiresAt;
    if (text === undefined || (expiresAt !== undefined && clock.now() >= expiresAt)) return;
    this.#spent += 1 + text.length / BYTES_PER_UNIT;
    write(id, connection, text);
  }
}

function textFor(dialect: Dialect, news: News, texts: Batch['texts']): Uint8Array | undefined {
  if (!texts.has(dialect)) texts.set(dialect, dialect.tell(news));
  return texts.get(dialect);
}

/** What waits outlives the call that lent it. */
function keepText(dialect: Dialect, news: News, kept: Batch['texts'], texts: Batch['texts']): void {
  if (kept.has(dialect)) return;
  const text = textFor(dialect, news, texts);
  kept.set(dialect, text && new Uint8Array(text));
}
