import type { Redis } from 'ioredis';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { refusesWrites } from './outages.ts';

const INTERVAL_MS: Millis = 2_000;
/** How long Redis keeps what a check has written. */
const TTL_MS: Millis = 60_000;

/**
 * Checks by a write that Redis accepts writes. A Redis without memory, disk or replicas, or a replica itself, still answers
 * every question, but registers no peer.
 */
export class WriteCheck {
  readonly #redis: Redis;
  readonly #key: string;
  #timer: NodeJS.Timeout | undefined;
  #refusal: Error | undefined;
  #onChange: (refusal: Error | undefined) => void = () => undefined;

  constructor(redis: Redis, node: NodeId) {
    this.#redis = redis;
    this.#key = `signalbox:written:${node}`;
  }

  /** Why the last write was refused; undefined if it was not. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }

  onChange(onChange: (refusal: Error | undefined) => void): void {
    this.#onChange = onChange;
  }

  /** Checks from now on, until `stop`. */
  start(): void {
    this.#timer ??= setInterval(() => void this.run(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A command failed; `refusal` follows if that was because it writes. */
  failed(error: Error): void {
    if (refusesWrites(error)) this.#becomes(error);
  }

  /** Writes once. Without a connection, `refusal` stays as it is. */
  async run(): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    try {
      await this.#redis.set(this.#key, '1', 'PX', TTL_MS);
      this.#becomes(undefined);
    } catch (error) {
      if (error instanceof Error) this.failed(error);
    }
  }

  #becomes(refusal: Error | undefined): void {
    const hasChanged = (refusal === undefined) !== (this.#refusal === undefined);
    this.#refusal = refusal;
    if (hasChanged) this.#onChange(refusal);
  }
}
