import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { performance } from 'node:perf_hooks';
import type { Millis } from '../../../domain/time.ts';
import { KEEP_ALIVE_MS } from '../shared/engine-connection.ts';

/**
 * What came of an entry: the revision under which it stands; the revision that stood there where another was expected; or
 * nothing, where the engine would not or could not write it.
 */
export type AppendResult = { readonly at: number } | { readonly instead: number } | 'failed';

/** What is to be written. */
export interface JournalEntry {
  readonly key: string;
  readonly body: Uint8Array;
  /** The revision that stands there now, 0 for none; where it does not matter, nothing. */
  readonly expectedRevision?: number;
  /** Of no other entry: the engine knows one that it has, and had lately, by it. Nothing for one that may be written twice. */
  readonly messageId?: string;
}

interface PendingWrite extends JournalEntry {
  readonly settle: (appended: AppendResult) => void;
  /** When it was sent first. */
  since: Millis;
}

/** What may be under way, and what may wait besides; more is not taken. */
const MAX_WRITES = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** The engine knows a ticket again for two minutes. */
const DEDUPLICATION_MS: Millis = 90_000;

/**
 * Writes the entries of one node into a journal, in the order of the calls. Of what was under way when a connection was lost
 * nobody knows whether it was written: it is written again, in order, before anything younger, and the engine keeps one of the
 * two. An entry for which it is too late for that is given up, unless it says what it expects to stand there.
 */
export class EntryWriter {
  readonly #prefix: string;
  readonly #onFault: (error: unknown) => void;
  readonly #onTimeout: () => void;
  #js: JetStreamClient | undefined;
  #inFlight = new Set<PendingWrite>();
  #queue: PendingWrite[] = [];
  /** Of what is under way and what waits. */
  #bytes = 0;
  #isClosed = false;
  #isRejected = false;

  /** @param onSilence is told that something was not answered, perhaps because nobody leads the engine just now. */
  constructor(bucket: string, onFault: (error: unknown) => void, onSilence: () => void) {
    this.#prefix = `$KV.${bucket}.`;
    this.#onFault = onFault;
    this.#onTimeout = onSilence;
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#queue.length >= MAX_WRITES || this.#bytes >= MAX_BYTES;
  }

  /** Whether the engine has refused the last entry, as one that has no room left. */
  get isRejected(): boolean {
    return this.#isRejected;
  }

  append(entry: JournalEntry): Promise<AppendResult> {
    return new Promise((settle) => {
      const write = { ...entry, settle, since: Number.POSITIVE_INFINITY };
      if (this.#isClosed) return;
      if (this.isFull) return settle('failed');
      this.#bytes += entry.body.length;
      this.#queue.push(write);
      this.#sendQueued();
    });
  }

  /** There is a connection. @param isSameStream whether the engine still knows the tickets of what it has written. */
  connect(js: JetStreamClient, isSameStream = true): void {
    const tooOld = isSameStream ? performance.now() - DEDUPLICATION_MS : Number.POSITIVE_INFINITY;
    const lost: PendingWrite[] = [];
    const again: PendingWrite[] = [];
    for (const write of this.#inFlight) (isUnverifiable(write, tooOld) ? lost : again).push(write);
    this.#queue = [...again, ...this.#queue];
    this.#inFlight = new Set();
    for (const write of lost) this.#resolve(write, 'failed');
    this.#js = js;
    this.#sendQueued();
  }

  /** There is none. */
  disconnect(): void {
    this.#js = undefined;
  }

  /** Nothing more is written, and nothing more is answered. */
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
    const all = this.#inFlight;
    all.add(write);
    const { key, body, expectedRevision, messageId } = write;
    write.since = Math.min(write.since, performance.now());
    const options = {
      timeout: KEEP_ALIVE_MS,
      ...(messageId === undefined ? {} : { msgID: messageId }),
      ...(expectedRevision === undefined ? {} : { expect: { lastSubjectSequence: expectedRevision } }),
    };
    js.publish(this.#prefix + key, body, options).then(
      ({ seq }) => this.#settle(all, write, { at: seq }),
      (error: unknown) => {
        if (error instanceof JetStreamApiError) this.#settle(all, write, this.#resultOf(error));
        // The library itself refuses what the server would not take.
        else if (error instanceof Error && error.name === 'InvalidArgumentError') this.#settle(all, write, this.#resultOf(error));
        else if (js === this.#js && all === this.#inFlight) this.#onTimeout();
      },
    );
  }

  /** An answer to what has been written again meanwhile is none. */
  #settle(all: Set<PendingWrite>, write: PendingWrite, appended: AppendResult): void {
    if (this.#isClosed || all !== this.#inFlight || !all.delete(write)) return;
    if (appended === 'failed' || 'at' in appended) this.#isRejected = appended === 'failed';
    this.#resolve(write, appended);
    this.#sendQueued();
  }

  #resolve({ body, settle }: PendingWrite, appended: AppendResult): void {
    this.#bytes -= body.length;
    settle(appended);
  }

  #resultOf(error: Error): AppendResult {
    if (error instanceof JetStreamApiError && error.code === Number(JetStreamApiCodes.StreamWrongLastSequence)) {
      return { instead: Number(/\d+$/.exec(error.message)?.[0] ?? 0) };
    }
    if (!this.#isClosed) this.#onFault(error);
    return 'failed';
  }
}

/** Whether the engine may have written it, and would not know that any more. */
function isUnverifiable({ messageId, expectedRevision, since }: PendingWrite, tooOld: Millis): boolean {
  return messageId !== undefined && expectedRevision === undefined && since < tooOld;
}
