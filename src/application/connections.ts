import { connectionId, generationOf, MAX_CONNECTIONS, slotOf, type ConnectionId } from '../domain/ids.ts';
import { invariant } from '../domain/invariant.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { OpenRefusal } from '../domain/refusal.ts';
import type { Receivers, TopicEvent } from '../domain/topic.ts';
import type { Connection } from './connection.ts';
import { FanOut } from './fan-out.ts';
import type { Clock } from './ports/clock.ts';
import type { CloseFrame, FrameEncoder, Registration, TokenNotice } from './ports/dialect.ts';
import type { IssuedIceServers } from './ports/ice-servers.ts';
import type { MessageTap } from './ports/message-tap.ts';
import type { WriteOutcome } from './ports/socket.ts';
import type { Counter, Telemetry } from './ports/telemetry.ts';
import { RecentRecipients } from './recent-recipients.ts';

/** Finds the socket and the dialect of a connection by its id. All frames to connections are written here. */
export class Connections {
  readonly #tap: MessageTap;
  readonly #telemetry: Telemetry;
  readonly #bytesOut: Counter;
  readonly #slots: (Connection | undefined)[] = [];
  readonly #generations: number[] = [];
  /** Free slots, the one that is unused for longest first, so that an id is reused as late as possible. */
  readonly #free: number[] = [];
  #nextFree = 0;
  #size = 0;
  /** B3: connections that are closed because of the memory that they hold. Undefined before the first one. */
  #muted: Set<ConnectionId> | undefined = undefined;
  readonly fanOut: FanOut;
  readonly recentRecipients = new RecentRecipients();
  /** Frames of all connections since the start. */
  readonly totals = { framesIn: 0, framesOut: 0 };

  constructor(tap: MessageTap, clock: Clock, telemetry: Telemetry) {
    this.#tap = tap;
    this.#telemetry = telemetry;
    this.#bytesOut = telemetry.counter('message_bytes_total', 'out');
    const find = (id: ConnectionId): Connection | undefined => this.find(id);
    this.fanOut = new FanOut({ clock, find, write: (id, connection, text) => this.#writeEvent(id, connection, text) });
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

  /** Number of slots, used and free. */
  get slotCount(): number {
    return this.#slots.length;
  }

  /** The open connection in a slot, with its id. */
  at(slot: number): [ConnectionId, Connection] | undefined {
    const connection = this.#slots[slot];
    return connection && [connectionId(slot, this.#generations[slot] ?? 0), connection];
  }

  /** Undefined if the connection has ended, also if its slot has been reused. */
  find(id: ConnectionId): Connection | undefined {
    const slot = slotOf(id);
    return this.#generations[slot] === generationOf(id) ? this.#slots[slot] : undefined;
  }

  /** @returns the removed connection; undefined if already removed. */
  remove(id: ConnectionId): Connection | undefined {
    const connection = this.find(id);
    if (connection === undefined) return undefined;
    const slot = slotOf(id);
    this.#slots[slot] = undefined;
    this.#muted?.delete(id);
    this.#generations[slot] = generationOf(connectionId(slot, generationOf(id) + 1));
    this.#free.push(slot);
    this.#size -= 1;
    return connection;
  }

  /**
   * B3: no further messages are sent to a connection that holds too much memory. Messages look for its id here and not into its
   * account, because an account is rarely in the cache of the CPU.
   */
  mute(id: ConnectionId): void {
    if (this.find(id) !== undefined) (this.#muted ??= new Set()).add(id);
  }

  /** Counts a received frame. */
  countReceived(connection: Connection, bytes: number): void {
    connection.framesIn += 1;
    connection.bytesIn += bytes;
    this.totals.framesIn += 1;
  }

  /** Sends a message in the dialect of the receiver. `gone` also if the dialect can't express the message. */
  send(to: ConnectionId, message: SignalMessage): WriteOutcome {
    const connection = this.find(to);
    const text = connection?.conversation.encode(message);
    if (connection === undefined || text === undefined || this.#isMuted(to)) return 'gone';
    return this.#writeInOrder(to, connection, text, message);
  }

  /** Sends a text of the embedding program. The tap does not report it, because a listener that sends would call itself. */
  sendText(to: ConnectionId, text: Uint8Array): WriteOutcome {
    const connection = this.find(to);
    if (connection === undefined || this.#isMuted(to)) return 'gone';
    this.#writePending(to, connection);
    return this.#count(connection, text).socket.write(text);
  }

  /** W4: sends a frame that a conversation has made itself. */
  reply(id: ConnectionId, frame: Uint8Array): void {
    const connection = this.find(id);
    if (connection !== undefined && !this.#isMuted(id)) this.#writeBehindEvents(id, connection, frame);
  }

  /** Sends an event to all receivers, each in its own dialect. Results of the writes are ignored. */
  notify(to: Receivers, event: TopicEvent): void {
    this.fanOut.notify(to, event);
  }

  /** Sends the first bytes of a connection, if its dialect has any. */
  sendPreamble(id: ConnectionId): void {
    const connection = this.find(id);
    const preamble = connection?.conversation.streamPreamble();
    if (connection !== undefined && preamble !== undefined) this.#writeInOrder(id, connection, preamble);
  }

  /** Confirms the registration, if the dialect has a frame for that. */
  sendOpenFrame(id: ConnectionId, registration: Registration): void {
    const connection = this.find(id);
    const frame = connection?.conversation.openFrame(registration);
    if (connection !== undefined && frame !== undefined) this.#writeInOrder(id, connection, frame);
  }

  /** I12: sends ICE servers, if the dialect has a message for them. */
  sendIceServers(id: ConnectionId, issued: IssuedIceServers): void {
    const connection = this.find(id);
    const frame = connection?.conversation.iceFrame?.(issued);
    if (connection !== undefined && frame !== undefined) this.#writeInOrder(id, connection, frame);
  }

  /** A7: sends a notice about the token, if the dialect has a message for it. */
  sendTokenNotice(id: ConnectionId, notice: TokenNotice): void {
    const connection = this.find(id);
    const frame = connection?.conversation.tokenFrame?.(notice);
    if (connection !== undefined && frame !== undefined) this.#writeInOrder(id, connection, frame);
  }

  /** Sends the keep-alive frame of the dialect, else a ping of the transport. */
  ping(id: ConnectionId): void {
    const connection = this.find(id);
    if (connection === undefined) return;
    const frame = connection.conversation.keepAliveFrame();
    if (frame !== undefined) return this.#writeBehindEvents(id, connection, frame);
    connection.isPinged = true;
    connection.socket.ping();
  }

  /**
   * Sends the last message, if the dialect has one, and closes. @returns the close code; undefined if the connection has ended.
   */
  close(id: ConnectionId, closeFrame: (encoder: FrameEncoder) => CloseFrame): number | undefined {
    const connection = this.find(id);
    if (connection === undefined) return undefined;
    const { frame, code, why } = closeFrame(connection.conversation);
    this.#writePending(id, connection, MATCH_STEPS_OF_CLOSE);
    if (frame !== undefined) this.#writeInOrder(id, connection, frame);
    this.closeWithoutFrame(id, code, why);
    return code;
  }

  /** Counts a connection that does not become a peer, and closes it. */
  refuse(id: ConnectionId, refusal: OpenRefusal): void {
    const connection = this.find(id);
    if (connection === undefined) return;
    connection.ending = 'refused';
    this.#telemetry.counter('connections_refused_total', connection.dialect.name, refusal.reason).add();
    this.close(id, (encoder) => encoder.refusal(refusal));
  }

  /** M21: closes after the pending events. M23: those that take too long to match are dropped. */
  closeWithoutFrame(id: ConnectionId, code: number, why: string): void {
    const connection = this.find(id);
    if (connection === undefined) return;
    this.#writePending(id, connection, MATCH_STEPS_OF_CLOSE);
    connection.socket.close(code, why);
  }

  /** All open connections with their ids. */
  *all(): Generator<[ConnectionId, Connection]> {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const entry = this.at(slot);
      if (entry !== undefined) yield entry;
    }
  }

  /** T10: the pending events of a connection precede any other frame. */
  #writePending(id: ConnectionId, connection: Connection, maxSteps?: number): void {
    if (connection.pendingBatches !== undefined) this.fanOut.flush(id, connection, maxSteps);
  }

  /** B3: an event for a connection that holds too much memory is dropped. */
  #writeEvent(id: ConnectionId, connection: Connection, text: Uint8Array): WriteOutcome {
    const { memory, conversation } = connection;
    const outcome = this.#isMuted(id) ? 'gone' : this.#write(id, connection, text);
    if (conversation.decode === undefined && conversation.hasOverflowed === true) memory?.exceed();
    return outcome;
  }

  #isMuted(id: ConnectionId): boolean {
    return this.#muted !== undefined && this.#muted.has(id);
  }

  /** M23: in a later turn, if events are pending. */
  #writeBehindEvents(id: ConnectionId, connection: Connection, frame: Uint8Array): void {
    if (connection.pendingBatches === undefined) this.#write(id, connection, frame);
    else this.fanOut.append(id, connection, frame);
  }

  #writeInOrder(id: ConnectionId, connection: Connection, text: Uint8Array, message?: SignalMessage): WriteOutcome {
    this.#writePending(id, connection);
    return this.#write(id, connection, text, message);
  }

  #write(id: ConnectionId, connection: Connection, text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#tap.isEnabled) this.#tap.sent(id, text, { session: connection.session, message });
    return this.#count(connection, text).socket.write(text, message);
  }

  #count(connection: Connection, text: Uint8Array): Connection {
    connection.framesOut += 1;
    connection.bytesOut += text.length;
    this.#bytesOut.add(text.length);
    this.totals.framesOut += 1;
    return connection;
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

/** M23: about 2 ms. */
const MATCH_STEPS_OF_CLOSE = 2_000_000;
