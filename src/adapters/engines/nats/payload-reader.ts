import type { KV } from '@nats-io/kv';
import { decodeBatch } from './entries.ts';
import { Gate } from './gate.ts';
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
  #disconnected = new Gate();

  constructor(options: PayloadReaderOptions) {
    this.#options = options;
  }

  connect(kv: KV): void {
    this.#kv = kv;
  }

  /** The requests in flight are lost. */
  disconnect(): void {
    const before = this.#disconnected;
    this.#disconnected = new Gate();
    before.open();
  }

  /** @param position of the message. @returns undefined if its batch is deleted. @throws the error of NATS. */
  async read(position: number): Promise<Uint8Array | undefined> {
    for (;;) {
      await this.#options.ready();
      const lost = this.#disconnected.opened.then((): typeof LOST => LOST);
      const payload = await Promise.race([this.#request(position), lost]);
      if (payload !== LOST) return payload;
    }
  }

  async #request(position: number): Promise<Uint8Array | undefined> {
    const [revision, index] = batchPositionOf(position);
    const batch = this.#options.state().batches.get(revision);
    const entry = batch === undefined ? undefined : await this.#kv?.get(batchKey(batch.messageId), { revision });
    const decoded = entry?.operation === 'PUT' ? decodeBatch(entry.value) : undefined;
    return decoded === undefined || 'why' in decoded ? undefined : decoded.messages[index]?.payload;
  }
}
