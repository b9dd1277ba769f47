import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { RequestError } from './request-error.ts';

/** Number of parallel requests. */
const PARALLEL_DELETES = 100;

/**
 * Deletes obsolete entries to free storage. Each entry is deleted by itself, because a purge of many makes readers of some NATS
 * servers skip entries that are written meanwhile.
 */
export class EntryDeleter {
  readonly #bucket: string;
  readonly #onFault: (error: unknown) => void;
  readonly #queue: number[] = [];
  #manager: JetStreamManager | undefined;
  #isRunning = false;

  constructor(bucket: string, onFault: (error: unknown) => void) {
    this.#bucket = bucket;
    this.#onFault = onFault;
  }

  delete(revision: number): void {
    this.#queue.push(revision);
    void this.#run();
  }

  /** Starts to delete the queued entries. */
  connect(manager: JetStreamManager): void {
    this.#manager = manager;
    void this.#run();
  }

  disconnect(): void {
    this.#manager = undefined;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#manager !== undefined && this.#queue.length > 0) {
      const batch = this.#queue.splice(0, PARALLEL_DELETES);
      const failed = await Promise.all(batch.map((revision) => this.#delete(revision)));
      this.#queue.unshift(...failed.flat());
    }
    this.#isRunning = false;
  }

  /** @returns the revision if the deletion must be retried. */
  async #delete(revision: number): Promise<number[]> {
    try {
      await this.#manager?.streams.deleteMessage(`KV_${this.#bucket}`, revision, false);
      return [];
    } catch (error) {
      // The entry is already deleted, or replaced.
      if (error instanceof JetStreamApiError) return [];
      if (this.#manager === undefined) return [revision];
      this.#onFault(new RequestError(`delete entry ${revision} of ${this.#bucket}`, error));
      return [];
    }
  }
}
