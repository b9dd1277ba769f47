import { connectionId, generationOf, MAX_CONNECTIONS, slotOf, type ConnectionId } from '../domain/ids.ts';
import { invariant } from '../domain/invariant.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Receivers, TopicEvent } from '../domain/topic.ts';
import type { Connection } from './connection.ts';
import { FanOut } from './fan-out.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect, CloseFrame, Registration } from './ports/dialect.ts';
import type { MessageTap } from './ports/message-tap.ts';
import type { WriteOutcome } from './ports/socket.ts';

/** From a connection's name to its socket and dialect: the only place that knows both. */
export class Connections {
  readonly #tap: MessageTap;
  readonly #slots: (Connection | undefined)[] = [];
  readonly #generations: number[] = [];
  /** Slots to use again, the longest unused first, so that a name comes back as late as possible. */
  readonly #free: number[] = [];
  #nextFree = 0;
  #size = 0;
  readonly fanOut: FanOut;

  constructor(tap: MessageTap, clock: Clock) {
    this.#tap = tap;
    const find = (id: ConnectionId): Connection | undefined => this.find(id);
    this.fanOut = new FanOut({ clock, find, write: (id, connection, text) => this.#write(id, connection, text) });
  }

  get size(): number {
    return this.#size;
  }

  add(connection: Connection): ConnectionId {
    const slot = this.#takeSlot();
    this.#slots[slot] = connection;
    this.#size += 1;
    return connectionId(slot, this.#generations[slot] ?? 0);
  }

  /** Undefined for a connection that is over, also when its slot has a new one. */
  find(id: ConnectionId): Connection | undefined {
    const slot = slotOf(id);
    return this.#generations[slot] === generationOf(id) ? this.#slots[slot] : undefined;
  }

  /** Forgets a connection. @returns what it was; undefined where it was forgotten before. */
  remove(id: ConnectionId): Connection | undefined {
    const connection = this.find(id);
    if (connection === undefined) return undefined;
    const slot = slotOf(id);
    this.#slots[slot] = undefined;
    this.#generations[slot] = generationOf(connectionId(slot, generationOf(id) + 1));
    this.#free.push(slot);
    this.#size -= 1;
    return connection;
  }

  /** Tells `to` a message in its own dialect. `gone` too where that has no word for it. */
  send(to: ConnectionId, message: SignalMessage): WriteOutcome {
    const connection = this.find(to);
    const text = connection?.dialect.encode(message);
    if (connection === undefined || text === undefined || connection.memory?.isEnding === true) return 'gone';
    if (connection.pendingBatches !== undefined) this.fanOut.flush(to, connection);
    if (this.#tap.isEnabled) this.#tap.sent(to, text);
    connection.framesOut += 1;
    connection.bytesOut += text.length;
    return connection.socket.write(text, message);
  }

  /** Tells all of `to`, each in its own dialect. Nobody asks whether they hear it. */
  notify(to: Receivers, news: TopicEvent): void {
    this.fanOut.notify(to, news);
  }

  /** How a stream begins. */
  beginStream(id: ConnectionId): void {
    const connection = this.find(id);
    if (connection !== undefined) this.#write(id, connection, connection.dialect.streamPreamble());
  }

  /** The first word to who is let in, where its dialect has one. */
  sendOpenFrame(id: ConnectionId, welcome: Registration): void {
    const connection = this.find(id);
    if (connection !== undefined) this.#write(id, connection, connection.dialect.openFrame(welcome));
  }

  /** Asks for a sign of life, or gives one. */
  ping(id: ConnectionId): void {
    const connection = this.find(id);
    if (connection === undefined) return;
    const word = connection.dialect.keepAliveFrame();
    if (word !== undefined) return void connection.socket.write(word);
    connection.isPinged = true;
    connection.socket.ping();
  }

  /** A last word, where the dialect has one, and the close. @returns its code; undefined where the connection is over. */
  close(id: ConnectionId, farewell: (dialect: Dialect) => CloseFrame): number | undefined {
    const connection = this.find(id);
    if (connection === undefined) return undefined;
    const { frame, code, why } = farewell(connection.dialect);
    if (connection.pendingBatches !== undefined) this.fanOut.flush(id, connection);
    this.#write(id, connection, frame);
    connection.socket.close(code, why);
    return code;
  }

  /** All that are open now, with their names. */
  *all(): Generator<[ConnectionId, Connection]> {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const connection = this.#slots[slot];
      if (connection !== undefined) yield [connectionId(slot, this.#generations[slot] ?? 0), connection];
    }
  }

  #write(id: ConnectionId, connection: Connection, text: Uint8Array | undefined): void {
    if (text === undefined) return;
    if (this.#tap.isEnabled) this.#tap.sent(id, text);
    connection.framesOut += 1;
    connection.bytesOut += text.length;
    connection.socket.write(text);
  }

  #takeSlot(): number {
    if (this.#nextFree < this.#free.length) {
      const slot = this.#free[this.#nextFree] ?? 0;
      this.#nextFree += 1;
      if (this.#nextFree > COMPACT_AT && this.#nextFree * 2 > this.#free.length) {
        this.#free.splice(0, this.#nextFree);
        this.#nextFree = 0;
      }
      return slot;
    }
    const slot = this.#slots.length;
    invariant(slot < MAX_CONNECTIONS, 'the limit of connections is below the number of slots');
    this.#slots.push(undefined);
    this.#generations.push(0);
    return slot;
  }
}

const COMPACT_AT = 1024;
