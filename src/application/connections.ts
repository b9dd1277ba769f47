import { connectionId, generationOf, MAX_CONNECTIONS, slotOf, type ConnectionId } from '../domain/ids.ts';
import { invariant } from '../domain/invariant.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { Dialect, Farewell } from './ports/dialect.ts';
import type { Socket, WriteOutcome } from './ports/socket.ts';

/** One open socket, the language it speaks, and who speaks it. */
export interface Connection {
  readonly socket: Socket;
  readonly dialect: Dialect;
  /** Where it comes from. */
  readonly address: string;
  /** Undefined until the credentials are read, and for a connection that never becomes a peer. */
  session: Session | undefined;
  /** M19: nothing is read until then; 0 where it is not paused. */
  pausedUntil: Millis;
}

/** From a connection's name to its socket and dialect: the only place that knows both. */
export class Connections {
  readonly #slots: (Connection | undefined)[] = [];
  readonly #generations: number[] = [];
  /** Slots to use again, the longest unused first, so that a name comes back as late as possible. */
  readonly #free: number[] = [];
  #nextFree = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  open(connection: Connection): ConnectionId {
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
  drop(id: ConnectionId): Connection | undefined {
    const connection = this.find(id);
    if (connection === undefined) return undefined;
    const slot = slotOf(id);
    this.#slots[slot] = undefined;
    this.#generations[slot] = generationOf(connectionId(slot, generationOf(id) + 1));
    this.#free.push(slot);
    this.#size -= 1;
    return connection;
  }

  /** Tells `to` a message in its own dialect. */
  send(to: ConnectionId, message: SignalMessage): WriteOutcome {
    const connection = this.find(to);
    if (connection === undefined) return 'gone';
    return connection.socket.write(connection.dialect.encode(message), message);
  }

  /** A peer's first word from the broker, where its dialect has one. */
  welcome(id: ConnectionId): void {
    const connection = this.find(id);
    const word = connection?.dialect.welcome();
    if (connection !== undefined && word !== undefined) connection.socket.write(word);
  }

  /** A last word, where the dialect has one, and the close. */
  part(id: ConnectionId, farewell: (dialect: Dialect) => Farewell): void {
    const connection = this.find(id);
    if (connection === undefined) return;
    const { frame, code, why } = farewell(connection.dialect);
    if (frame !== undefined) connection.socket.write(frame);
    connection.socket.close(code, why);
  }

  /** All that are open now, with their names. */
  *all(): Generator<[ConnectionId, Connection]> {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const connection = this.#slots[slot];
      if (connection !== undefined) yield [connectionId(slot, this.#generations[slot] ?? 0), connection];
    }
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
