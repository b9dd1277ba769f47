import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';

/**
 * What came of an entry: the revision under which it stands; the revision that stood there where another was expected; or
 * nothing, where the engine would not or could not write it.
 */
export type Appended = { readonly at: number } | { readonly instead: number } | 'failed';

interface Write {
  readonly key: string;
  readonly body: Uint8Array;
  readonly expected: number | undefined;
  readonly settle: (appended: Appended) => void;
}

/** What may be under way, and what may wait besides; more is not taken. */
const MOST = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** A connection that is lost is noticed otherwise, and sooner. */
const NEVER_MS = 2_147_483_647;

/**
 * Writes the entries of one node into a journal, in the order of the calls. Of what was under way when a connection was lost
 * nobody knows whether it was written: it is written again, in order, before anything younger. So every entry has to expect
 * what stood there before, or be one that may be written twice.
 */
export class Writer {
  readonly #onFault: (error: unknown) => void;
  #kv: KV | undefined;
  #underWay = new Set<Write>();
  #waiting: Write[] = [];
  /** Of what is under way and what waits. */
  #bytes = 0;
  #isClosed = false;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST || this.#bytes >= MOST_BYTES;
  }

  /** @param expected the revision that stands there now, 0 for none; undefined where it does not matter. */
  append(key: string, body: Uint8Array, expected: number | undefined): Promise<Appended> {
    return new Promise((settle) => {
      const write = { key, body, expected, settle };
      if (this.#isClosed) return;
      if (this.isFull) return settle('failed');
      this.#bytes += body.length;
      this.#waiting.push(write);
      this.#goOn();
    });
  }

  /** There is a connection. */
  open(kv: KV): void {
    this.#kv = kv;
    this.#waiting = [...this.#underWay, ...this.#waiting];
    this.#underWay = new Set();
    this.#goOn();
  }

  /** There is none. */
  shut(): void {
    this.#kv = undefined;
  }

  /** Nothing more is written, and nothing more is answered. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #goOn(): void {
    while (this.#kv !== undefined && this.#underWay.size < MOST) {
      const write = this.#waiting.shift();
      if (write === undefined) return;
      this.#write(this.#kv, write);
    }
  }

  #write(kv: KV, write: Write): void {
    const all = this.#underWay;
    all.add(write);
    const { key, body, expected } = write;
    const options = { timeout: NEVER_MS, ...(expected === undefined ? {} : { previousSeq: expected }) };
    kv.put(key, body, options).then(
      (at) => this.#settle(all, write, { at }),
      (error: unknown) => {
        if (kv === this.#kv || error instanceof JetStreamApiError) this.#settle(all, write, this.#failed(error));
      },
    );
  }

  /** An answer to what has been written again meanwhile is none. */
  #settle(all: Set<Write>, write: Write, appended: Appended): void {
    if (this.#isClosed || all !== this.#underWay || !all.delete(write)) return;
    this.#bytes -= write.body.length;
    write.settle(appended);
    this.#goOn();
  }

  #failed(error: unknown): Appended {
    if (error instanceof JetStreamApiError && error.code === Number(JetStreamApiCodes.StreamWrongLastSequence)) {
      return { instead: Number(/\d+$/.exec(error.message)?.[0] ?? 0) };
    }
    if (!this.#isClosed) this.#onFault(error);
    return 'failed';
  }
}
