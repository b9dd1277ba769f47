import type { Channel } from './channel.ts';

/** Limits of one batch, so that neither end is busy with it for long. One item may be larger. */
const BATCH_SIZE = 500;
const BATCH_BYTES = 1024 * 1024;

/** Calls a function at the end of the turn of the event loop. */
export type Schedule = (flush: () => void) => void;

/** Sends the items of one turn of the event loop as one batch, and those of several turns while the channel is slower. */
export class BatchWriter<Out> {
  readonly #channel: Pick<Channel<Out, never>, 'send'>;
  readonly #schedule: Schedule;
  #pending: Out[] = [];
  /** The bytes of the payloads in each pending item. */
  #sizes: number[] = [];
  /** Whether a flush is scheduled, or a batch has not left yet. */
  #isBusy = false;
  #batches = 0;

  constructor(channel: Pick<Channel<Out, never>, 'send'>, schedule: Schedule = setImmediate) {
    this.#channel = channel;
    this.#schedule = schedule;
  }

  /** Number of items that were not sent yet. */
  get size(): number {
    return this.#pending.length;
  }

  /** Number of batches that were sent. */
  get batches(): number {
    return this.#batches;
  }

  /** @param bytes of the payloads in the item. */
  write(item: Out, bytes = 0): void {
    this.#pending.push(item);
    this.#sizes.push(bytes);
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#schedule(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isBusy = this.#pending.length > 0;
    if (!this.#isBusy) return;
    const count = this.#countOfNext();
    const batch = this.#pending;
    this.#pending = batch.splice(count);
    this.#sizes.splice(0, count);
    this.#batches += 1;
    this.#channel.send(batch, this.#flush);
  };

  #countOfNext(): number {
    let bytes = this.#sizes[0] ?? 0;
    let count = 1;
    for (; count < Math.min(this.#sizes.length, BATCH_SIZE); count++) {
      bytes += this.#sizes[count] ?? 0;
      if (bytes > BATCH_BYTES) break;
    }
    return count;
  }
}
