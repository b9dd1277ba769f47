import type { Channel } from './channel.ts';

/** Items of one batch, so that the other end is not busy with it for long. */
const BATCH_SIZE = 500;

/** Calls a function at the end of the turn of the event loop. */
export type Schedule = (flush: () => void) => void;

/** Sends the items of one turn of the event loop as one batch, and those of several turns while the channel is slower. */
export class BatchWriter<Out> {
  readonly #channel: Pick<Channel<Out, never>, 'send'>;
  readonly #schedule: Schedule;
  #pending: Out[] = [];
  /** Whether a flush is scheduled, or a batch has not left yet. */
  #isBusy = false;

  constructor(channel: Pick<Channel<Out, never>, 'send'>, schedule: Schedule = setImmediate) {
    this.#channel = channel;
    this.#schedule = schedule;
  }

  /** Number of items that were not sent yet. */
  get size(): number {
    return this.#pending.length;
  }

  write(item: Out): void {
    this.#pending.push(item);
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#schedule(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isBusy = this.#pending.length > 0;
    if (!this.#isBusy) return;
    const batch = this.#pending.length <= BATCH_SIZE ? this.#pending : this.#pending.slice(0, BATCH_SIZE);
    this.#pending = batch === this.#pending ? [] : this.#pending.slice(BATCH_SIZE);
    this.#channel.send(batch, this.#flush);
  };
}
