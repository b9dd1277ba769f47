import type { KV } from '@nats-io/kv';
import { decodeBatch } from './entries.ts';
import type { JournalState } from './journal-state.ts';
import { batchKey } from './keys.ts';
import { batchPositionOf } from './pending-messages.ts';

export interface PayloadReaderOptions {
  /** The current state. */
  readonly state: () => JournalState;
  /** Resolves when the journal is connected and read. */
  readonly ready: () => Promise<void>;
}

const LOST = Symbol('the connection is lost');

/**
 * Reads the payloads that a node does not keep in memory. The client library does not fail the requests of a lost connection, so
 * they are repeated after the reconnect: the answers of a node are ordered, and all later ones would wait for the timeout.
 */
export class PayloadReader {
  readonly #options: PayloadReaderOptions;
  #kv: KV | undefined;
  /** Each ends one request in flight. A promise of the disconnect would keep every request of a connection in memory. */
  readonly #inFlight = new Set<() => void>();

  constructor(options: PayloadReaderOptions) {
    this.#options = options;
  }

  connect(kv: KV): void {
    this.#kv = kv;
  }

  /** The requests in flight are lost. */
  disconnect(): void {
    const lost = [...this.#inFlight];
    this.#inFlight.clear();
    for (const end of lost) end();
  }

  /** @param position of the message. @returns undefined if its batch is deleted. @throws the error of NATS. */
  async read(position: number): Promise<Uint8Array | undefined> {
    for (;;) {
      await this.#options.ready();
      const payload = await this.#unlessLost(this.#request(position));
      if (payload !== LOST) return payload;
    }
  }

  #unlessLost<T>(request: Promise<T>): Promise<T | typeof LOST> {
    return new Promise((resolve, reject) => {
      const end = (): void => resolve(LOST);
      this.#inFlight.add(end);
      void request.then(resolve, reject).finally(() => this.#inFlight.delete(end));
    });
  }

  async #request(position: number): Promise<Uint8Array | undefined> {
    const [revision, index] = batchPositionOf(position);
    const batch = this.#options.state().batches.get(revision);
    const entry = batch === undefined ? undefined : await this.#kv?.get(batchKey(batch.messageId), { revision });
    const decoded = entry?.operation === 'PUT' ? decodeBatch(entry.value) : undefined;
    return decoded === undefined || 'why' in decoded ? undefined : decoded.messages[index]?.payload;
  }
}
