import type { Millis } from '../../../domain/time.ts';
import { encodeBatch, type StoredMessage } from './entries.ts';
import { batchKey } from './keys.ts';
import { MAX_BATCH_MESSAGES, positionOf } from './pending-messages.ts';
import type { AppendResult, JournalEntry } from './entry-writer.ts';

interface QueuedMessage {
  readonly message: StoredMessage;
  readonly resolve: (position: number | undefined) => void;
}

export interface BatchWriterOptions {
  readonly append: (entry: JournalEntry) => Promise<AppendResult>;
  readonly nextMessageId: () => string;
  readonly timeOverride: () => Millis | undefined;
  /** What one entry may have, in bytes. */
  readonly maxEntryBytes: number;
}

const MAX_BATCH_BYTES = 256 * 1024;
/** What JSON and UTF-8 make of one UTF-16 unit of an id, at most. */
const BYTES_PER_UTF16_UNIT = 3;
/** The rest of the head of a letter. */
const MESSAGE_OVERHEAD_BYTES = 160;
/** What is around the letters of a bag in an entry: its own head, the subject, and the headers of a message. */
export const ENTRY_OVERHEAD_BYTES = 1_024;

/** What a letter takes in an entry, at most. */
export function storedSizeOf({ from, to, payload, sender }: StoredMessage): number {
  const units = from.length + to.length + (sender?.node.length ?? 0);
  return (payload?.byteLength ?? 0) + BYTES_PER_UTF16_UNIT * units + MESSAGE_OVERHEAD_BYTES;
}

/** What may wait for a bag. */
const MAX_QUEUED = 16_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Packs the letters of one node into bags, in the order of the calls. One bag is under way at a time: what is put meanwhile
 * goes with the next one. So bags grow with what there is to do, and none comes before an older one that has to be written again.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #queue: QueuedMessage[] = [];
  /** Of what waits for a bag, and of what is under way. */
  #bytes = 0;
  #isSending = false;
  #isScheduled = false;
  /** Where the last letter stands that was put, once it does. */
  #lastPosition: Promise<number> = Promise.resolve(0);

  constructor(parts: BatchWriterOptions) {
    this.#options = parts;
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#queue.length >= MAX_QUEUED || this.#bytes >= MAX_QUEUED_BYTES;
  }

  /** @returns where the letter stands; undefined where the engine would not write it, or could not. Its payload is borrowed. */
  put(letter: StoredMessage): Promise<number | undefined> {
    const { payload } = letter;
    const kept = payload === undefined ? letter : { ...letter, payload: new Uint8Array(payload) };
    const posted = new Promise<number | undefined>((resolve) => {
      this.#queue.push({ message: kept, resolve });
      this.#bytes += payload?.byteLength ?? 0;
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      // What is put in the same breath goes together.
      queueMicrotask(() => {
        this.#isScheduled = false;
        this.#sendNext();
      });
    });
    const before = this.#lastPosition;
    this.#lastPosition = posted.then((position) => position ?? before);
    return posted;
  }

  /** Resolves when all that was put before stands there, with the position of the last of it. */
  flush(): Promise<number> {
    return this.#lastPosition;
  }

  /** The engine has forgotten the stream in which letters stood until now: no position there says anything any more. */
  resetStream(): void {
    this.#lastPosition = Promise.resolve(0);
  }

  #sendNext(): void {
    if (!this.#isSending && this.#queue.length > 0) void this.#send(this.#nextBatch());
  }

  #nextBatch(): QueuedMessage[] {
    const mostBytes = Math.min(MAX_BATCH_BYTES, this.#options.maxEntryBytes - ENTRY_OVERHEAD_BYTES);
    let [count, bytes] = [0, 0];
    for (const { message } of this.#queue) {
      bytes += storedSizeOf(message);
      if (count >= MAX_BATCH_MESSAGES || (count > 0 && bytes > mostBytes)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #send(posted: readonly QueuedMessage[]): Promise<void> {
    const { append, nextMessageId, timeOverride } = this.#options;
    const messageId = nextMessageId();
    this.#isSending = true;
    const letters = posted.map(({ message }) => message);
    const appended = await append({ key: batchKey(messageId), body: encodeBatch(letters, timeOverride()), messageId });
    this.#isSending = false;
    for (const [index, { message, resolve }] of posted.entries()) {
      this.#bytes -= message.payload?.byteLength ?? 0;
      resolve(appended !== 'failed' && 'at' in appended ? positionOf(appended.at, index) : undefined);
    }
    this.#sendNext();
  }
}
