import type { WebSocket } from 'uWebSockets.js';
import type { SignalMessage } from '../../../domain/message.ts';

/** Whose texts wait in an outbox. The fields are the outbox's alone. */
export interface OutboxSender {
  /** Its oldest text that waits, and its newest; NONE where nothing does. */
  oldest: number;
  newest: number;
  unsentBytes: number;
  /** Where to; undefined when it is over. */
  readonly webSocket: WebSocket<unknown> | undefined;
  /** The library took a text, and kept some of it: the far end reads slowly. */
  backpressured(): void;
}

export const NONE = -1;

/** What the library's `send` answers where all of it went to the network. */
const SENT = 1;

// Memory that nothing was ever written to costs nothing. Where it does not suffice, what waits is sent earlier.
const SLAB_BYTES = 8 * 1024 * 1024;

/**
 * What one turn of the event loop brings for one connection leaves in one write, when the turn
 * ends: a system call costs more than all else that is done for a message. Where there is one text
 * only, it is sent as it is. Texts are copied, for their bytes are borrowed.
 */
export class Outbox {
  readonly #memory = new ArrayBuffer(SLAB_BYTES);
  readonly #slab = new Uint8Array(this.#memory);
  #used = 0;
  /** Of each text that waits: where it stands, what it tells, and which one of the same sender is next. */
  readonly #ends: number[] = [];
  readonly #messages: (SignalMessage | undefined)[] = [];
  readonly #next: number[] = [];
  #count = 0;
  readonly #senders: OutboxSender[] = [];
  #corked: OutboxSender | undefined = undefined;
  readonly #sendCorked = (): void => this.#sendAll(this.#corked as OutboxSender);
  readonly #flush = (): void => this.flush();

  /** @param message comes back from `withdraw`. */
  put(sender: OutboxSender, text: Uint8Array, message: SignalMessage | undefined): void {
    if (text.length > SLAB_BYTES - this.#used) this.flush();
    if (text.length > SLAB_BYTES) return send(sender, text);
    const entry = this.#count++;
    if (entry === 0) setImmediate(this.#flush);
    this.#slab.set(text, this.#used);
    this.#used += text.length;
    this.#ends[entry] = this.#used;
    this.#messages[entry] = message;
    this.#next[entry] = NONE;
    this.#append(sender, entry);
    sender.unsentBytes += text.length;
  }

  /** Sends what waits, all of it: when the turn ends, and before anything that takes long. */
  flush(): void {
    if (this.#count === 0) return;
    for (const sender of this.#senders) this.flushOf(sender);
    this.#senders.length = 0;
    this.#messages.fill(undefined, 0, this.#count);
    this.#count = 0;
    this.#used = 0;
  }

  /** Sends what waits of one sender. */
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

  /** Takes back what waits of a sender that is over. @returns what it would have told, where that is known. */
  takeUnsent(sender: OutboxSender): SignalMessage[] {
    const messages: SignalMessage[] = [];
    for (let entry = sender.oldest; entry !== NONE; entry = this.#next[entry] as number) {
      const message = this.#messages[entry];
      if (message !== undefined) messages.push(message);
    }
    resetSender(sender);
    return messages;
  }

  #append(sender: OutboxSender, entry: number): void {
    if (sender.oldest === NONE) {
      sender.oldest = entry;
      this.#senders.push(sender);
    } else this.#next[sender.newest] = entry;
    sender.newest = entry;
  }

  #sendAll(sender: OutboxSender): void {
    for (let entry = sender.oldest; entry !== NONE; entry = this.#next[entry] as number) {
      const start = entry === 0 ? 0 : (this.#ends[entry - 1] as number);
      send(sender, new Uint8Array(this.#memory, start, (this.#ends[entry] as number) - start));
    }
  }
}

function send(sender: OutboxSender, text: Uint8Array): void {
  if (sender.webSocket !== undefined && sender.webSocket.send(text, false) !== SENT) sender.backpressured();
}

function resetSender(sender: OutboxSender): void {
  sender.oldest = NONE;
  sender.newest = NONE;
  sender.unsentBytes = 0;
}
