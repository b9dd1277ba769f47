import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';

/** So much is asked at once. */
const BATCH = 100;

/**
 * Erases entries that others have made void: they cost room, and say nothing any more. One by one: a purge of many makes
 * readers of some NATS servers jump over what is written meanwhile.
 */
export class Eraser {
  readonly #bucket: string;
  readonly #onFault: (error: unknown) => void;
  readonly #all: number[] = [];
  #manager: JetStreamManager | undefined;
  #isBusy = false;

  constructor(bucket: string, onFault: (error: unknown) => void) {
    this.#bucket = bucket;
    this.#onFault = onFault;
  }

  erase(revision: number): void {
    this.#all.push(revision);
    void this.#goOn();
  }

  /** There is a connection: what waited is erased. */
  open(manager: JetStreamManager): void {
    this.#manager = manager;
    void this.#goOn();
  }

  shut(): void {
    this.#manager = undefined;
  }

  async #goOn(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#manager !== undefined && this.#all.length > 0) {
      const batch = this.#all.splice(0, BATCH);
      const failed = await Promise.all(batch.map((revision) => this.#ask(revision)));
      this.#all.unshift(...failed.flat());
    }
    this.#isBusy = false;
  }

  /** @returns what is to be asked again. */
  async #ask(revision: number): Promise<number[]> {
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
