import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { performance } from 'node:perf_hooks';
import type { Millis } from '../../../domain/time.ts';
import { KEEP_ALIVE_MS } from '../shared/engine-connection.ts';
import { RequestError } from './request-error.ts';

/**
 * The result of a write: the revision of the entry; or the revision that is stored instead of the expected one; or `failed`, if
 * NATS rejected the write or its result is unknown.
 */
export type AppendResult = { readonly revision: number } | { readonly conflict: number } | 'failed';

/** An entry to be written. */
export interface JournalEntry {
  readonly key: string;
  readonly body: Uint8Array;
  /** Compare-and-set: the revision that the key must have, 0 for a new key. Without it, any revision is replaced. */
  readonly expectedRevision?: number;
  /** Unique id, by which NATS drops a duplicate. Without it, a retry may write the entry twice. */
  readonly messageId?: string;
  /** Whether the entry is written only to the stream that was read at the call, and fails if NATS has a new one. */
  readonly isStreamBound?: boolean;
  /** Whether a second copy in the same stream has no effect, so that the write is retried without a time limit. */
  readonly isRepeatable?: boolean;
}

interface PendingWrite extends JournalEntry {
  readonly resolve: (result: AppendResult) => void;
  /** Time of the first attempt, by the monotonic clock. */
  firstSentAt: Millis;
}

/** Limits of the writes in flight, and of the queue. Further writes fail. */
const MAX_WRITES = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** NATS remembers message ids for two minutes; a write is retried only within this shorter time. */
const DEDUPLICATION_MS: Millis = 90_000;

/**
 * Writes the entries of one node to a journal, in the order of the calls. After a lost connection, writes in flight are retried
 * in order, before later ones, and NATS drops duplicates by message id. A write that is too old for deduplication fails, unless
 * it is a compare-and-set or repeatable.
 */
export class EntryWriter {
  readonly #prefix: string;
  readonly #onFault: (error: unknown) => void;
  readonly #onTimeout: () => void;
  #js: JetStreamClient | undefined;
  #inFlight = new Set<PendingWrite>();
  #queue: PendingWrite[] = [];
  /** Bytes in flight and in the queue. */
  #bytes = 0;
  #isClosed = false;
  #isRejected = false;

  /** @param onTimeout is called when a write has no reply, for example because the stream has no leader. */
  constructor(bucket: string, onFault: (error: unknown) => void, onTimeout: () => void) {
    this.#prefix = `$KV.${bucket}.`;
    this.#onFault = onFault;
    this.#onTimeout = onTimeout;
  }

  /** Whether further writes fail. */
  get isFull(): boolean {
    return this.#queue.length >= MAX_WRITES || this.#bytes >= MAX_BYTES;
  }

  /** Whether NATS rejected the last entry, for example because its storage is full. */
  get isRejected(): boolean {
    return this.#isRejected;
  }

  append(entry: JournalEntry): Promise<AppendResult> {
    return new Promise((resolve) => {
      const write = { ...entry, resolve, firstSentAt: Number.POSITIVE_INFINITY };
      if (this.#isClosed) return;
      if (this.isFull) return resolve('failed');
      this.#bytes += entry.body.length;
      this.#queue.push(write);
      this.#sendQueued();
    });
  }

  /** Starts to send. @param isSameStream whether NATS still has the message ids of earlier writes. */
  connect(js: JetStreamClient, isSameStream = true): void {
    const oldestVerifiable = isSameStream ? performance.now() - DEDUPLICATION_MS : Number.POSITIVE_INFINITY;
    const failed: PendingWrite[] = [];
    const retried: PendingWrite[] = [];
    for (const write of [...this.#inFlight, ...this.#queue]) {
      const isInvalid = isUnverifiable(write, oldestVerifiable) || (!isSameStream && write.isStreamBound === true);
      (isInvalid ? failed : retried).push(write);
    }
    this.#queue = retried;
    this.#inFlight = new Set();
    for (const write of failed) this.#resolve(write, 'failed');
    this.#js = js;
    this.#sendQueued();
  }

  /** Stops sending, because the connection is lost. */
  disconnect(): void {
    this.#js = undefined;
  }

  /** Drops the queue. No further result is delivered. */
  close(): void {
    this.#isClosed = true;
    this.#queue = [];
  }

  #sendQueued(): void {
    while (this.#js !== undefined && this.#inFlight.size < MAX_WRITES) {
      const write = this.#queue.shift();
      if (write === undefined) return;
      this.#send(this.#js, write);
    }
  }

  #send(js: JetStreamClient, write: PendingWrite): void {
    const attempt = this.#inFlight;
    attempt.add(write);
    const { key, body, expectedRevision, messageId } = write;
    write.firstSentAt = Math.min(write.firstSentAt, performance.now());
    const options = {
      timeout: KEEP_ALIVE_MS,
      ...(messageId === undefined ? {} : { msgID: messageId }),
      ...(expectedRevision === undefined ? {} : { expect: { lastSubjectSequence: expectedRevision } }),
    };
    js.publish(this.#prefix + key, body, options).then(
      ({ seq }) => this.#settle(attempt, write, { revision: seq }),
      (error: unknown) => {
        if (error instanceof JetStreamApiError) this.#settle(attempt, write, this.#resultOf(key, error));
        // The library itself rejects entries that are too large for the server.
        else if (error instanceof Error && error.name === 'InvalidArgumentError') {
          this.#settle(attempt, write, this.#resultOf(key, error));
        } else if (js === this.#js && attempt === this.#inFlight) this.#onTimeout();
      },
    );
  }

  /** Ignores the result of an attempt that has been retried since. */
  #settle(attempt: Set<PendingWrite>, write: PendingWrite, result: AppendResult): void {
    if (this.#isClosed || attempt !== this.#inFlight || !attempt.delete(write)) return;
    if (result === 'failed' || 'revision' in result) this.#isRejected = result === 'failed';
    this.#resolve(write, result);
    this.#sendQueued();
  }

  #resolve({ body, resolve }: PendingWrite, result: AppendResult): void {
    this.#bytes -= body.length;
    resolve(result);
  }

  #resultOf(key: string, error: Error): AppendResult {
    if (error instanceof JetStreamApiError && error.code === Number(JetStreamApiCodes.StreamWrongLastSequence)) {
      return { conflict: Number(/\d+$/.exec(error.message)?.[0] ?? 0) };
    }
    if (!this.#isClosed) this.#onFault(new RequestError(`write ${this.#prefix}${key}`, error));
    return 'failed';
  }
}

/** Whether NATS may have stored the entry and no longer detects a duplicate. */
function isUnverifiable(write: PendingWrite, oldestVerifiable: Millis): boolean {
  const { messageId, expectedRevision, isRepeatable = false, firstSentAt } = write;
  return messageId !== undefined && expectedRevision === undefined && !isRepeatable && firstSentAt < oldestVerifiable;
}
