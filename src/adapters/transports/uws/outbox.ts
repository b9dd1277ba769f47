import type { WebSocket } from 'uWebSockets.js';
import type { BinaryFrames } from '../../../application/ports/dialect.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { isBinaryFrame } from '../shared/frame-kinds.ts';

/** A connection with queued texts. Only the outbox changes the fields. */
export interface OutboxSender {
  /** The oldest and the newest queued text; NONE if there is none. */
  oldest: number;
  newest: number;
  unsentBytes: number;
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
 */
export class Outbox {
  /** The first is kept, further ones only until the next flush. */
  readonly #memory = [new ArrayBuffer(SLAB_BYTES)];
  /** The last one. */
  #slab = new Uint8Array(this.#memory[0] as ArrayBuffer);
  /** Bytes in the last slab. */
  #used = 0;
  /** Of each queued text: its slab, its place there, its message, and the next text of the same sender. */
  readonly #slabOf: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #messages: (SignalMessage | undefined)[] = [];
  readonly #next: number[] = [];
  #count = 0;
  /** Those with a queued text. The array keeps its length, because one that was emptied allocates memory again. */
  readonly #senders: (OutboxSender | undefined)[] = [];
  #senderCount = 0;
  #corked: OutboxSender | undefined = undefined;
  readonly #sendCorked = (): void => this.#sendAll(this.#corked as OutboxSender);
  #isScheduled = false;
  readonly #endTurn = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  /** @param message is returned by `takeUnsent`. */
  put(sender: OutboxSender, text: Uint8Array, message: SignalMessage | undefined): void {
    if (text.length > LARGEST_COPY_BYTES) return this.#sendAtOnce(sender, text);
    if (text.length > SLAB_BYTES - this.#used) this.#makeRoom();
    const entry = this.#count++;
    if (!this.#isScheduled) this.#schedule();
    this.#slab.set(text, this.#used);
    this.#slabOf[entry] = this.#memory.length - 1;
    this.#starts[entry] = this.#used;
    this.#used += text.length;
    this.#ends[entry] = this.#used;
    this.#messages[entry] = message;
    this.#next[entry] = NONE;
    this.#append(sender, entry);
    sender.unsentBytes += text.length;
  }

  /** Sends all queued texts: at the end of the turn, and before long operations. */
  flush(): void {
    if (this.#count === 0) return;
    for (let at = 0; at < this.#senderCount; at++) {
      const sender = this.#senders[at];
      this.#senders[at] = undefined;
      if (sender !== undefined) this.flushOf(sender);
    }
    this.#senderCount = 0;
    this.#messages.fill(undefined, 0, this.#count);
    this.#count = 0;
    if (this.#memory.length > 1) this.#keepFirstSlab();
    this.#used = 0;
  }

  /** Sends the queued texts of one sender. */
  flushOf(sender: OutboxSender): void {
    const { oldest, newest, webSocket } = sender;
    if (oldest === NONE) return;
    if (oldest === newest || webSocket === undefined) this.#sendAll(sender);
    else {
      this.#corked = sender;
      webSocket.cork(this.#sendCorked);
      this.#corked = undefined;
    }
    resetSender(sender);
  }

  /** Removes the queued texts of a closed sender. @returns their messages, if known. */
  takeUnsent(sender: OutboxSender): SignalMessage[] {
    const messages: SignalMessage[] = [];
    for (let entry = sender.oldest; entry !== NONE; entry = this.#next[entry] as number) {
      const message = this.#messages[entry];
      if (message !== undefined) messages.push(message);
    }
    resetSender(sender);
    return messages;
  }

  /** After the queued texts of the sender. */
  #sendAtOnce(sender: OutboxSender, text: Uint8Array): void {
    this.flushOf(sender);
    send(sender, text);
  }

  #makeRoom(): void {
    if (this.#memory.length === MAX_SLABS) return this.flush();
    const memory = new ArrayBuffer(SLAB_BYTES);
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

  #append(sender: OutboxSender, entry: number): void {
    if (sender.oldest === NONE) {
      sender.oldest = entry;
      this.#senders[this.#senderCount] = sender;
      this.#senderCount += 1;
    } else this.#next[sender.newest] = entry;
    sender.newest = entry;
  }

  #sendAll(sender: OutboxSender): void {
    for (let entry = sender.oldest; entry !== NONE; entry = this.#next[entry] as number) {
      const memory = this.#memory[this.#slabOf[entry] as number] as ArrayBuffer;
      const start = this.#starts[entry] as number;
      send(sender, new Uint8Array(memory, start, (this.#ends[entry] as number) - start));
    }
  }
}

function send(sender: OutboxSender, text: Uint8Array): void {
  const { webSocket, isBinary } = sender;
  if (webSocket !== undefined && webSocket.send(text, isBinaryFrame(isBinary, text)) !== SENT) sender.backpressured();
}

function resetSender(sender: OutboxSender): void {
  sender.oldest = NONE;
  sender.newest = NONE;
  sender.unsentBytes = 0;
}
