import type { CandidateSearch } from '../domain/subscriber-search.ts';
import { UNBOUNDED } from '../domain/subscriber-search.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { MemoryAccount } from '../domain/memory-account.ts';
import { ReusedBytes } from '../domain/reused-bytes.ts';
import { copyWithBytes, type Receivers, type TopicEvent } from '../domain/topic.ts';
import type { Connection } from './connection.ts';
import { bytesOf, DeliveryQueue, type DeliveryBatch, matchingUnits, newBatch } from './delivery-queue.ts';
import { NextTurn } from './next-turn.ts';
import type { Clock } from './ports/clock.ts';
import type { Conversation, Dialect } from './ports/dialect.ts';
import type { WriteOutcome } from './ports/socket.ts';

export interface FanOutParts {
  readonly clock: Clock;
  readonly find: (id: ConnectionId) => Connection | undefined;
  readonly write: (id: ConnectionId, connection: Connection, text: Uint8Array) => WriteOutcome;
}

// The budget for deliveries in one turn of the event loop. One unit takes about a microsecond, without the write to
// the network, which takes about 10 µs for each connection.
const UNITS_PER_TURN = 200;
const UNITS_PER_RECIPIENT = 0.02;
const BYTES_PER_UNIT = 4096;
const STEPS_PER_UNIT = 1000;

/**
 * T10: the limit for pending deliveries. Above it, publish requests are refused; above twice the limit, the oldest deliveries are
 * made at once.
 */
export const MAX_PENDING_DELIVERIES = 200_000;

/** T10: the limit for the bytes of pending frames, each counted once. Above it, publish requests are refused. */
const MAX_PENDING_BYTES = 2 * 1024 * 1024;

/**
 * T10: delivers events to any number of connections in slices, one slice for each turn of the event loop. An event is encoded
 * once for each dialect, or for each voice of a stateful dialect. Pending events of a connection are delivered in order, before
 * any other frame to that connection.
 */
export class FanOut {
  readonly #parts: FanOutParts;
  readonly #batches = new DeliveryQueue();
  /** For the frames of batches. */
  readonly #memory = new ReusedBytes();
  /** B1: of each publisher, bytes of pending frames. */
  readonly #heldBytes = new Map<MemoryAccount, number>();
  #payer: MemoryAccount | undefined = undefined;
  #pending = 0;
  #pendingBytes = 0;
  #spent = 0;
  /** Has a new budget. */
  readonly #nextTurn: NextTurn;

  constructor(parts: FanOutParts) {
    this.#parts = parts;
    this.#nextTurn = new NextTurn(parts.clock, () => {
      this.#deliverSlice();
      if (this.#pending > 0) this.#nextTurn.request();
    });
  }

  /** T10: whether a limit for pending deliveries is reached. */
  get isFull(): boolean {
    return this.#pending >= MAX_PENDING_DELIVERIES || this.#pendingBytes >= MAX_PENDING_BYTES;
  }

  /** B1: frames that wait after `publish` count as memory of the publisher. */
  publishFor(payer: MemoryAccount | undefined, publish: () => void): void {
    this.#payer = payer;
    try {
      publish();
    } finally {
      this.#payer = undefined;
    }
  }

  /** Delivers to all receivers, each in its own dialect, now or in later turns. The event is borrowed for the call. */
  notify(to: Receivers, event: TopicEvent): void {
    this.#deliver(to.length, (index) => to[index] as ConnectionId, undefined, event);
  }

  /** Delivers to the candidates that match the search. */
  broadcast(search: CandidateSearch, event: TopicEvent): void {
    const { candidates } = search;
    this.#deliver(candidates.length, (index) => candidates[index]?.connection as ConnectionId, search, event);
  }

  /**
   * Delivers the pending events of a connection at once, because another frame is about to be written. Events that can't be sent
   * are neither matched nor encoded.
   * @param maxSteps of matching. Events beyond are dropped.
   */
  flush(id: ConnectionId, connection: Connection, maxSteps = UNBOUNDED): void {
    const budget = { steps: 0, maxSteps };
    for (let batch = this.#takeOwn(connection); batch !== undefined; batch = this.#takeOwn(connection)) {
      const index = batch.search === undefined ? 0 : (batch.indexes[batch.recipients.indexOf(id, batch.nextRecipient)] ?? 0);
      const isMatch = batch.search === undefined || batch.search.matches(index, budget);
      if (isMatch === undefined) connection.pendingBatches = undefined;
      if (isMatch === true) this.#write(id, connection, frameIn(batch, connection.conversation));
    }
  }

  /** M23: adds a frame behind the pending events of a connection, because there may be too many for one turn. */
  append(id: ConnectionId, connection: Connection, frame: Uint8Array): void {
    const frames = new Map([[voiceOf(connection.conversation), this.#memory.copy(frame)]]);
    const batch = { ...newBatch(undefined, undefined), recipients: [id], frames };
    (connection.pendingBatches ??= new DeliveryQueue()).push(batch);
    this.#queue(batch);
  }

  #deliver(
    count: number,
    connectionAt: (index: number) => ConnectionId,
    search: CandidateSearch | undefined,
    event: TopicEvent,
  ): void {
    let batch: DeliveryBatch | undefined;
    const frames: DeliveryBatch['frames'] = new Map();
    for (let index = 0; index < count; index++) {
      const id = connectionAt(index);
      const connection = this.#parts.find(id);
      if (connection === undefined) continue;
      const isImmediate = connection.pendingBatches === undefined && this.#spent < UNITS_PER_TURN;
      const isMatch = isImmediate ? this.#matches(search, index) : undefined;
      if (isMatch === false) continue;
      if (isMatch === true) {
        this.#write(id, connection, frameFor(connection.conversation, event, frames));
        this.#spent += matchingUnits(connection.conversation, event);
        continue;
      }
      batch ??= newBatch(search, this.#payer);
      if (isLate(event, search)) batch.event ??= copyEvent(event);
      if (hasOwnVoice(connection.conversation)) batch.event ??= copyEvent(event);
      else if (!isLate(event, search)) this.#copyFrame(connection.conversation, event, batch.frames, frames);
      batch.recipients.push(id);
      if (search !== undefined) batch.indexes.push(index);
      (connection.pendingBatches ??= new DeliveryQueue()).push(batch);
    }
    if (batch !== undefined) this.#queue(batch);
    else if (this.#spent > 0) this.#nextTurn.request();
  }

  #queue(batch: DeliveryBatch): void {
    this.#batches.push(batch);
    batch.pending = batch.recipients.length;
    this.#pending += batch.pending;
    batch.bytes = bytesOf(batch);
    this.#countBytes(batch, batch.bytes);
    while (this.#pending > 2 * MAX_PENDING_DELIVERIES) this.#deliverSlice();
    this.#nextTurn.request();
  }

  /** Delivers one slice, the oldest batches first. */
  #deliverSlice(): void {
    this.#spent = 0;
    for (let batch = this.#batches.first; batch !== undefined; batch = this.#batches.first) {
      if (!this.#deliverBatch(batch)) return;
      // The rest has disconnected, or has received the event before another frame.
      this.#pending -= batch.pending;
      this.#batches.shift();
      this.#releaseFrames(batch);
    }
  }

  /** No recipient receives the batch again. */
  #releaseFrames(batch: DeliveryBatch): void {
    const { frames } = batch;
    this.#countBytes(batch, -batch.bytes);
    for (const frame of frames.values()) if (frame !== undefined) this.#memory.release(frame);
    frames.clear();
  }

  #countBytes({ payer }: DeliveryBatch, added: number): void {
    this.#pendingBytes += added;
    if (payer === undefined) return;
    const bytes = (this.#heldBytes.get(payer) ?? 0) + added;
    if (bytes > 0) this.#heldBytes.set(payer, bytes);
    else this.#heldBytes.delete(payer);
    payer.set('published', bytes);
  }

  /** The frames of a batch are copied, because the dialect lends its bytes for one call only. */
  #copyFrame(
    encoder: Dialect | Conversation,
    event: TopicEvent,
    kept: DeliveryBatch['frames'],
    frames: DeliveryBatch['frames'],
  ): void {
    const voice = voiceOf(encoder);
    if (kept.has(voice)) return;
    const text = frameFor(encoder, event, frames);
    kept.set(voice, text && this.#memory.copy(text));
  }

  /** @returns whether the batch is complete. */
  #deliverBatch(batch: DeliveryBatch): boolean {
    for (; batch.nextRecipient < batch.recipients.length; batch.nextRecipient++) {
      if (this.#spent >= UNITS_PER_TURN) return false;
      this.#spent += UNITS_PER_RECIPIENT;
      const id = batch.recipients[batch.nextRecipient] as ConnectionId;
      const connection = this.#parts.find(id);
      if (connection?.pendingBatches?.first !== batch) continue;
      const isMatch = this.#matches(batch.search, batch.indexes[batch.nextRecipient] ?? 0);
      if (isMatch === undefined) return false;
      this.#take(connection, batch);
      if (isMatch) this.#write(id, connection, frameIn(batch, connection.conversation));
      if (isMatch) this.#spent += matchingUnits(connection.conversation, batch.event);
      this.#deliverMore(id, connection);
    }
    return true;
  }

  /** Further events of a connection cost no further write to the network if they are delivered in the same turn. */
  #deliverMore(id: ConnectionId, connection: Connection): void {
    for (let batch = connection.pendingBatches?.first; batch !== undefined; batch = connection.pendingBatches?.first) {
      if (batch.search !== undefined || this.#spent >= UNITS_PER_TURN) return;
      this.#take(connection, batch);
      this.#write(id, connection, frameIn(batch, connection.conversation));
      this.#spent += matchingUnits(connection.conversation, batch.event);
    }
  }

  #take(connection: Connection, batch: DeliveryBatch): void {
    this.#takeOwn(connection);
    batch.pending -= 1;
    this.#pending -= 1;
  }

  /** Removes the oldest pending batch of a connection. B3: a connection that holds too much memory receives no event. */
  #takeOwn(connection: Connection): DeliveryBatch | undefined {
    const { pendingBatches, memory } = connection;
    const batch = memory?.isEnding === true ? undefined : pendingBatches?.shift();
    if (pendingBatches?.first === undefined || batch === undefined) connection.pendingBatches = undefined;
    return batch;
  }

  #matches(search: CandidateSearch | undefined, index: number): boolean | undefined {
    if (search === undefined) return true;
    const budget = { steps: 0, maxSteps: (UNITS_PER_TURN - this.#spent) * STEPS_PER_UNIT };
    const isMatch = search.matches(index, budget);
    this.#spent += budget.steps / STEPS_PER_UNIT;
    if (isMatch === undefined) this.#spent = Math.max(this.#spent, UNITS_PER_TURN);
    return isMatch;
  }

  /** MER12: after the expiry of its token, a subscriber receives nothing more, even while its stream is still open. */
  #write(id: ConnectionId, connection: Connection, text: Uint8Array | undefined): void {
    const { clock, write } = this.#parts;
    const expiresAt = connection.session?.requestedTopics?.expiresAt;
    if (text === undefined || (expiresAt !== undefined && clock.now() >= expiresAt)) return;
    this.#spent += 1 + text.length / BYTES_PER_UNIT;
    // The socket is closed: nothing more can be sent.
    if (write(id, connection, text) === 'gone') connection.pendingBatches = undefined;
  }
}

function frameFor(encoder: Dialect | Conversation, event: TopicEvent, frames: DeliveryBatch['frames']): Uint8Array | undefined {
  const voice = voiceOf(encoder);
  if (!frames.has(voice)) frames.set(voice, encoder.encodeEvent(event));
  return frames.get(voice);
}

function frameIn({ event, frames }: DeliveryBatch, encoder: Dialect | Conversation): Uint8Array | undefined {
  const voice = voiceOf(encoder);
  return event === undefined || frames.has(voice) ? frames.get(voice) : encoder.encodeEvent(event);
}

/**
 * Whether an event is encoded when it is delivered. T15: an event for a group, because only one of the candidates encodes it.
 * T19: a list of members, because it is large.
 */
function isLate(event: TopicEvent, search: CandidateSearch | undefined): boolean {
  return event.event === 'members' || (search !== undefined && event.event === 'publication' && event.group !== undefined);
}

/** M23: the frame of a conversation that shares it with no other is encoded when it is delivered, and not for all in one turn. */
function hasOwnVoice(encoder: Dialect | Conversation): boolean {
  return encoder.decode === undefined && encoder.voice === encoder;
}

function copyEvent(event: TopicEvent): TopicEvent {
  if (event.event === 'publication') return { ...event, publication: copyWithBytes(event.publication) };
  return event.event === 'left' ? { ...event, will: event.will && new Uint8Array(event.will) } : event;
}

function voiceOf(encoder: Dialect | Conversation): object {
  return encoder.decode === undefined ? encoder.voice : encoder;
}
