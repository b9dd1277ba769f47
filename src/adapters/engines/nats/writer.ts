import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { performance } from 'node:perf_hooks';
import type { Millis } from '../../../domain/time.ts';
import { SILENCE_MS } from '../shared/reaching.ts';

/**
 * What came of an entry: the revision under which it stands; the revision that stood there where another was expected; or
 * nothing, where the engine would not or could not write it.
 */
export type Appended = { readonly at: number } | { readonly instead: number } | 'failed';

/** What is to be written. */
export interface Entry {
  readonly key: string;
  readonly body: Uint8Array;
  /** The revision that stands there now, 0 for none; where it does not matter, nothing. */
  readonly expected?: number;
  /** Of no other entry: the engine knows one that it has, and had lately, by it. Nothing for one that may be written twice. */
  readonly ticket?: string;
}

interface Write extends Entry {
  readonly settle: (appended: Appended) => void;
  /** When it was sent first. */
  since: Millis;
}

/** What may be under way, and what may wait besides; more is not taken. */
const MOST = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** The engine knows a ticket again for two minutes. */
const KNOWN_AGAIN: Millis = 90_000;

/**
 * Writes the entries of one node into a journal, in the order of the calls. Of what was under way when a connection was lost
 * nobody knows whether it was written: it is written again, in order, before anything younger, and the engine keeps one of the
 * two. An entry for which it is too late for that is given up, unless it says what it expects to stand there.
 */
export class Writer {
  readonly #prefix: string;
  readonly #onFault: (error: unknown) => void;
  readonly #onSilence: () => void;
  #js: JetStreamClient | undefined;
  #underWay = new Set<Write>();
  #waiting: Write[] = [];
  /** Of what is under way and what waits. */
  #bytes = 0;
  #isClosed = false;
  #isRefused = false;

  /** @param onSilence is told that something was not answered, perhaps because nobody leads the engine just now. */
  constructor(bucket: string, onFault: (error: unknown) => void, onSilence: () => void) {
    this.#prefix = `$KV.${bucket}.`;
    this.#onFault = onFault;
    this.#onSilence = onSilence;
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST || this.#bytes >= MOST_BYTES;
  }

  /** Whether the engine has refused the last entry, as one that has no room left. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  append(entry: Entry): Promise<Appended> {
    return new Promise((settle) => {
      const write = { ...entry, settle, since: Number.POSITIVE_INFINITY };
      if (this.#isClosed) return;
      if (this.isFull) return settle('failed');
      this.#bytes += entry.body.length;
      this.#waiting.push(write);
      this.#goOn();
    });
  }

  /** There is a connection. @param isSameStream whether the engine still knows the tickets of what it has written. */
  open(js: JetStreamClient, isSameStream = true): void {
    const tooOld = isSameStream ? performance.now() - KNOWN_AGAIN : Number.POSITIVE_INFINITY;
    const lost: Write[] = [];
    const again: Write[] = [];
    for (const write of this.#underWay) (isLost(write, tooOld) ? lost : again).push(write);
    this.#waiting = [...again, ...this.#waiting];
    this.#underWay = new Set();
    for (const write of lost) this.#answer(write, 'failed');
    this.#js = js;
    this.#goOn();
  }

  /** There is none. */
  shut(): void {
    this.#js = undefined;
  }

  /** Nothing more is written, and nothing more is answered. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #goOn(): void {
    while (this.#js !== undefined && this.#underWay.size < MOST) {
      const write = this.#waiting.shift();
      if (write === undefined) return;
      this.#write(this.#js, write);
    }
  }

  #write(js: JetStreamClient, write: Write): void {
    const all = this.#underWay;
    all.add(write);
    const { key, body, expected, ticket } = write;
    write.since = Math.min(write.since, performance.now());
    const options = {
      timeout: SILENCE_MS,
      ...(ticket === undefined ? {} : { msgID: ticket }),
      ...(expected === undefined ? {} : { expect: { lastSubjectSequence: expected } }),
    };
    js.publish(this.#prefix + key, body, options).then(
      ({ seq }) => this.#settle(all, write, { at: seq }),
      (error: unknown) => {
        if (error instanceof JetStreamApiError) this.#settle(all, write, this.#failed(error));
        // The library itself refuses what the server would not take.
        else if (error instanceof Error && error.name === 'InvalidArgumentError') this.#settle(all, write, this.#failed(error));
        else if (js === this.#js && all === this.#underWay) this.#onSilence();
      },
    );
  }

  /** An answer to what has been written again meanwhile is none. */
  #settle(all: Set<Write>, write: Write, appended: Appended): void {
    if (this.#isClosed || all !== this.#underWay || !all.delete(write)) return;
    if (appended === 'failed' || 'at' in appended) this.#isRefused = appended === 'failed';
    this.#answer(write, appended);
    this.#goOn();
  }

  #answer({ body, settle }: Write, appended: Appended): void {
    this.#bytes -= body.length;
    settle(appended);
  }

  #failed(error: Error): Appended {
    if (error instanceof JetStreamApiError && error.code === Number(JetStreamApiCodes.StreamWrongLastSequence)) {
      return { instead: Number(/\d+$/.exec(error.message)?.[0] ?? 0) };
    }
    if (!this.#isClosed) this.#onFault(error);
    return 'failed';
  }
}

/** Whether the engine may have written it, and would not know that any more. */
function isLost({ ticket, expected, since }: Write, tooOld: Millis): boolean {
  return ticket !== undefined && expected === undefined && since < tooOld;
}
