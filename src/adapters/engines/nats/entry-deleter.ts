import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';

/** So much is asked at once. */
const PARALLEL_DELETES = 100;

/**
 * Erases entries that others have made void: they cost room, and say nothing any more. One by one: a purge of many makes
 * readers of some NATS servers jump over what is written meanwhile.
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

  /** There is a connection: what waited is erased. */
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

  /** @returns what is to be asked again. */
  async #delete(revision: number): Promise<number[]> {
    try {
      await this.#manager?.streams.deleteMessage(`KV_${this.#bucket}`, revision, false);
      return [];
    } catch (error) {
      // Somebody else has erased it, or written there again.
      if (error instanceof JetStreamApiError) return [];
      if (this.#manager === undefined) return [revision];
      this.#onFault(error);
      return [];
    }
  }
}
