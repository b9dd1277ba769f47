import type { Redis } from 'ioredis';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { rejectsWrites } from './outages.ts';

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
  #error: Error | undefined;
  #onChange: (refusal: Error | undefined) => void = () => undefined;

  constructor(redis: Redis, node: NodeId) {
    this.#redis = redis;
    this.#key = `signalbox:written:${node}`;
  }

  /** Why the last write was refused; undefined if it was not. */
  get error(): Error | undefined {
    return this.#error;
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
  report(error: Error): void {
    if (rejectsWrites(error)) this.#setError(error);
  }

  /** Writes once. Without a connection, `refusal` stays as it is. */
  async run(): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    try {
      await this.#redis.set(this.#key, '1', 'PX', TTL_MS);
      this.#setError(undefined);
    } catch (error) {
      if (error instanceof Error) this.report(error);
    }
  }

  #setError(refusal: Error | undefined): void {
    const hasChanged = (refusal === undefined) !== (this.#error === undefined);
    this.#error = refusal;
    if (hasChanged) this.#onChange(refusal);
  }
}
