import type { Millis } from '../../../domain/time.ts';
import { encodeBatch, type StoredMessage } from './entries.ts';
import { batchKey } from './keys.ts';
import { MAX_BATCH_MESSAGES, positionOf } from './pending-messages.ts';
import type { AppendResult, JournalEntry } from './entry-writer.ts';

interface QueuedMessage {
  readonly message: StoredMessage;
  readonly resolve: (position: number | undefined) => void;
}

interface WrittenMessage {
  readonly position: number;
  readonly stream: number;
}

export interface BatchWriterOptions {
  readonly append: (entry: JournalEntry) => Promise<AppendResult>;
  readonly nextMessageId: () => string;
  readonly timeOverride: () => Millis | undefined;
  /** Maximum size of one entry. */
  readonly maxEntryBytes: number;
  /** M13: whether the limits allow a message, immediately before it is written. */
  readonly admit: (message: StoredMessage) => boolean;
  /** Called for each admitted message when its write has succeeded, with its revision, or failed. */
  readonly onWritten: (message: StoredMessage, revision: number | undefined) => void;
}

const MAX_BATCH_BYTES = 256 * 1024;
/** Bytes of one UTF-16 unit of an id in JSON and UTF-8, at most. */
const BYTES_PER_UTF16_UNIT = 3;
/** The rest of the head of a message. */
const MESSAGE_OVERHEAD_BYTES = 160;
/** Room for the head of a batch, the subject and the headers of the NATS message. */
export const ENTRY_OVERHEAD_BYTES = 1_024;

/** Size of a message in an entry, at most. */
export function storedSizeOf({ from, to, payload, sender }: StoredMessage): number {
  const units = from.length + to.length + (sender?.node.length ?? 0);
  return (payload?.byteLength ?? 0) + BYTES_PER_UTF16_UNIT * units + MESSAGE_OVERHEAD_BYTES;
}

function isOfPeer({ sender }: StoredMessage): boolean {
  return sender !== undefined;
}

/** Limits of the queue. */
const MAX_QUEUED = 16_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Writes the messages of one node in batches, in the order of the calls. One batch is in flight at a time, and messages that
 * are put meanwhile form the next one. So batches grow with the load, and no batch overtakes an older one that must be retried.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #queue: QueuedMessage[] = [];
  /** Payload bytes in the queue and in flight. */
  #bytes = 0;
  #isSending = false;
  #isScheduled = false;
  /** The last message that was written. */
  #lastWritten: Promise<WrittenMessage | undefined> = Promise.resolve(undefined);
  /** Incremented with each new stream. */
  #stream = 0;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  /** Whether the limits of the queue are reached. */
  get isFull(): boolean {
    return this.#queue.length >= MAX_QUEUED || this.#bytes >= MAX_QUEUED_BYTES;
  }

  /** @returns the position of the message; undefined if it was not admitted or not written. The payload is borrowed. */
  put(message: StoredMessage): Promise<number | undefined> {
    const { payload } = message;
    const kept = payload === undefined ? message : { ...message, payload: new Uint8Array(payload) };
    const queued = new Promise<number | undefined>((resolve) => {
      this.#queue.push({ message: kept, resolve });
      this.#bytes += payload?.byteLength ?? 0;
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      // Messages put in the same microtask checkpoint share a batch.
      queueMicrotask(() => {
        this.#isScheduled = false;
        this.#sendNext();
      });
    });
    const before = this.#lastWritten;
    this.#lastWritten = queued.then((position) => (position === undefined ? before : { position, stream: this.#stream }));
    return queued;
  }

  /** Resolves when all earlier messages are written, with the position of the last one in the current stream, or 0. */
  async flush(): Promise<number> {
    const last = await this.#lastWritten;
    return last?.stream === this.#stream ? last.position : 0;
  }

  /**
   * NATS has a new stream, so earlier positions are invalid. Messages of peers that are not written yet fail (M17), because the
   * claim of the sender, which the lost stream contained, may have moved to a newer connection. Notices follow in the new stream.
   */
  resetStream(): void {
    this.#stream += 1;
    const queued = this.#queue.splice(0);
    for (const entry of queued) {
      if (isOfPeer(entry.message)) this.#fail(entry);
      else this.#queue.push(entry);
    }
  }

  #sendNext(): void {
    while (!this.#isSending && this.#queue.length > 0) {
      const batch = this.#nextBatch().filter((queued) => this.#admit(queued));
      if (batch.length > 0) void this.#send(batch);
    }
  }

  #nextBatch(): QueuedMessage[] {
    const maxBytes = Math.min(MAX_BATCH_BYTES, this.#options.maxEntryBytes - ENTRY_OVERHEAD_BYTES);
    let [count, bytes] = [0, 0];
    for (const { message } of this.#queue) {
      bytes += storedSizeOf(message);
      if (count >= MAX_BATCH_MESSAGES || (count > 0 && bytes > maxBytes)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #admit(queued: QueuedMessage): boolean {
    const isAdmitted = this.#options.admit(queued.message);
    if (!isAdmitted) this.#fail(queued);
    return isAdmitted;
  }

  #fail({ message, resolve }: QueuedMessage): void {
    this.#bytes -= message.payload?.byteLength ?? 0;
    resolve(undefined);
  }

  async #send(queued: readonly QueuedMessage[]): Promise<void> {
    const { append, nextMessageId, timeOverride, onWritten } = this.#options;
    const messageId = nextMessageId();
    this.#isSending = true;
    const messages = queued.map(({ message }) => message);
    const body = encodeBatch(messages, timeOverride());
    const isStreamBound = messages.some(isOfPeer);
    const result = await append({ key: batchKey(messageId), body, messageId, isStreamBound });
    this.#isSending = false;
    const revision = result !== 'failed' && 'revision' in result ? result.revision : undefined;
    for (const [index, { message, resolve }] of queued.entries()) {
      this.#bytes -= message.payload?.byteLength ?? 0;
      onWritten(message, revision);
      resolve(revision === undefined ? undefined : positionOf(revision, index));
    }
    this.#sendNext();
  }
}
