import type { WebSocket } from 'uWebSockets.js';
import type { BinaryFrames } from '../../../application/ports/dialect.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { isBinaryFrame } from '../shared/frame-kinds.ts';
import { TlsReading } from './tls-reading.ts';

/** A connection to which texts are sent. Only the outbox changes `lane`. */
export interface OutboxSender {
  /** The lane of its queued texts, or of earlier ones; NONE before the first text. */
  lane: number;
  /** W6. */
  readonly isBinary: BinaryFrames;
  /** The destination; undefined after the close. */
  readonly webSocket: WebSocket<unknown> | undefined;
  /** The library buffered a part of the text, because the client reads slowly. */
  backpressured(): void;
}

export const NONE = -1;

/** The return value of `send` if the network accepted all bytes. */
const SENT = 1;

// The process keeps each page of a slab that was used once. A turn with more texts gets further slabs.
const SLAB_BYTES = 2 * 1024 * 1024;

/** When all are full, the queued texts are sent early, one write for each: within a handler, the library joins no writes. */
const MAX_SLABS = 4;

/** A larger text is sent at once: a copy of it costs as much as the system call. */
const LARGEST_COPY_BYTES = 64 * 1024;

/**
 * Sends all texts for one connection in one write at the end of an event-loop turn, because a system call costs more than all
 * other work for a message. A single text is sent without a cork. Texts are copied, because their bytes are borrowed.
 *
 * The texts of one sender are a lane. At the end of a turn the senders have left the cache of the CPU, so a lane has all that is
 * needed to send its texts. A sender keeps the number of its former lane: the lane is its own if it has this sender.
 */
export class Outbox {
  readonly #reading: TlsReading;
  /** The first is kept, further ones only until the next flush. */
  readonly #memory = [new ArrayBuffer(SLAB_BYTES)];
  /** The last one. */
  #slab = new Uint8Array(this.#memory[0] as ArrayBuffer);
  /** Bytes in the last slab. */
  #used = 0;
  /** Of each queued text: its slab, its place there, its kind of frame, its message, and the next text of the same lane. */
  readonly #slabOf: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #isBinary: boolean[] = [];
  readonly #messages: (SignalMessage | undefined)[] = [];
  readonly #next: number[] = [];
  #count = 0;
  /** Of each lane: its sender, undefined if it has no texts; the socket of the sender; its first and last text; its bytes. */
  readonly #senders: (OutboxSender | undefined)[] = [];
  readonly #sockets: (WebSocket<unknown> | undefined)[] = [];
  readonly #oldest: number[] = [];
  readonly #newest: number[] = [];
  readonly #bytes: number[] = [];
  #laneCount = 0;
  #corked = NONE;
  readonly #sendCorked = (): void => this.#sendAll(this.#corked);
  #isScheduled = false;
  readonly #endTurn = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  /** @param reading while it is active, texts are only queued. */
  constructor(reading = new TlsReading()) {
    this.#reading = reading;
  }

  /** Bytes of the queued texts of one sender. */
  unsentBytesOf(sender: OutboxSender): number {
    const { lane } = sender;
    return this.#isLaneOf(sender, lane) ? (this.#bytes[lane] as number) : 0;
  }

  /** @param message is returned by `takeUnsent`. */
  put(sender: OutboxSender, text: Uint8Array, message: SignalMessage | undefined): void {
    if (text.length > LARGEST_COPY_BYTES && !this.#reading.isActive) return this.#sendAtOnce(sender, text);
    if (text.length > this.#slab.length - this.#used) this.#makeRoomFor(text.length);
    const entry = this.#count++;
    if (!this.#isScheduled) this.#schedule();
    this.#slab.set(text, this.#used);
    this.#slabOf[entry] = this.#memory.length - 1;
    this.#starts[entry] = this.#used;
    this.#used += text.length;
    this.#ends[entry] = this.#used;
    this.#isBinary[entry] = isBinaryFrame(sender.isBinary, text);
    this.#messages[entry] = message;
    this.#next[entry] = NONE;
    this.#append(sender, entry, text.length);
  }

  /** Sends all queued texts: at the end of the turn, and before long operations. */
  flush(): void {
    if (this.#count === 0 || this.#reading.isActive) return;
    for (let lane = 0; lane < this.#laneCount; lane++) if (this.#senders[lane] !== undefined) this.#flushLane(lane);
    this.#laneCount = 0;
    this.#messages.fill(undefined, 0, this.#count);
    this.#count = 0;
    if (this.#memory.length > 1) this.#keepFirstSlab();
    this.#used = 0;
  }

  /** Sends the queued texts of one sender. */
  flushOf(sender: OutboxSender): void {
    if (this.#isLaneOf(sender, sender.lane) && !this.#reading.isActive) this.#flushLane(sender.lane);
  }

  /** Removes the queued texts of a closed sender. @returns their messages, if known. */
  takeUnsent(sender: OutboxSender): SignalMessage[] {
    const messages: SignalMessage[] = [];
    const { lane } = sender;
    if (!this.#isLaneOf(sender, lane)) return messages;
    for (let entry = this.#oldest[lane] as number; entry !== NONE; entry = this.#next[entry] as number) {
      const message = this.#messages[entry];
      if (message !== undefined) messages.push(message);
    }
    this.#empty(lane);
    return messages;
  }

  /** After the queued texts of the sender. */
  #sendAtOnce(sender: OutboxSender, text: Uint8Array): void {
    this.flushOf(sender);
    const { webSocket, isBinary } = sender;
    if (webSocket !== undefined && webSocket.send(text, isBinaryFrame(isBinary, text)) !== SENT) sender.backpressured();
  }

  #makeRoomFor(bytes: number): void {
    if (this.#memory.length >= MAX_SLABS && !this.#reading.isActive) return this.flush();
    const memory = new ArrayBuffer(Math.max(SLAB_BYTES, bytes));
    this.#memory.push(memory);
    this.#slab = new Uint8Array(memory);
    this.#used = 0;
  }

  #keepFirstSlab(): void {
    this.#memory.length = 1;
    this.#slab = new Uint8Array(this.#memory[0] as ArrayBuffer);
  }

  /** Once for each turn, because handshakes flush the outbox many times in a turn. */
  #schedule(): void {
    this.#isScheduled = true;
    setImmediate(this.#endTurn);
  }

  #isLaneOf(sender: OutboxSender, lane: number): boolean {
    return lane !== NONE && this.#senders[lane] === sender;
  }

  #append(sender: OutboxSender, entry: number, bytes: number): void {
    const { lane } = sender;
    if (!this.#isLaneOf(sender, lane)) return this.#openLane(sender, entry, bytes);
    this.#next[this.#newest[lane] as number] = entry;
    this.#newest[lane] = entry;
    this.#bytes[lane] = (this.#bytes[lane] as number) + bytes;
  }

  #openLane(sender: OutboxSender, entry: number, bytes: number): void {
    const lane = this.#laneCount++;
    sender.lane = lane;
    this.#senders[lane] = sender;
    this.#sockets[lane] = sender.webSocket;
    this.#oldest[lane] = entry;
    this.#newest[lane] = entry;
    this.#bytes[lane] = bytes;
  }

  #flushLane(lane: number): void {
    if (this.#oldest[lane] === this.#newest[lane]) this.#sendAll(lane);
    else {
      this.#corked = lane;
      this.#sockets[lane]?.cork(this.#sendCorked);
      this.#corked = NONE;
    }
    this.#empty(lane);
  }

  #empty(lane: number): void {
    this.#senders[lane] = undefined;
    this.#sockets[lane] = undefined;
  }

  #sendAll(lane: number): void {
    for (let entry = this.#oldest[lane] as number; entry !== NONE; entry = this.#next[entry] as number) {
      const socket = this.#sockets[lane];
      if (socket === undefined) return;
      const memory = this.#memory[this.#slabOf[entry] as number] as ArrayBuffer;
      const start = this.#starts[entry] as number;
      const text = new Uint8Array(memory, start, (this.#ends[entry] as number) - start);
      if (socket.send(text, this.#isBinary[entry]) !== SENT) this.#senders[lane]?.backpressured();
    }
  }
}
