import type { Redis } from 'ioredis';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { rejectsWrites } from './outages.ts';

const INTERVAL_MS: Millis = 2_000;
/** Redis keeps the key of a check for this time. */
const TTL_MS: Millis = 60_000;

/**
 * Writes a key periodically, to detect a Redis that rejects writes. Redis without memory, disk or replicas, and a replica
 * itself, still reply to every read.
 */
export class WriteCheck {
  readonly #redis: Redis;
  readonly #key: string;
  #timer: NodeJS.Timeout | undefined;
  #error: Error | undefined;
  #onChange: (error: Error | undefined) => void = () => undefined;

  constructor(redis: Redis, node: NodeId) {
    this.#redis = redis;
    this.#key = `signalbox:written:${node}`;
  }

  /** The error of the last write; undefined if Redis accepted it. */
  get error(): Error | undefined {
    return this.#error;
  }

  onChange(onChange: (error: Error | undefined) => void): void {
    this.#onChange = onChange;
  }

  /** Checks periodically until `stop`. */
  start(): void {
    this.#timer ??= setInterval(() => void this.run(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A command failed. Updates `error` if Redis rejected the command because it writes. */
  report(error: Error): void {
    if (rejectsWrites(error)) this.#setError(error);
  }

  /** Checks once. Without a connection, `error` does not change. */
  async run(): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    try {
      await this.#redis.set(this.#key, '1', 'PX', TTL_MS);
      this.#setError(undefined);
    } catch (failure) {
      if (failure instanceof Error) this.report(failure);
    }
  }

  #setError(error: Error | undefined): void {
    const hasChanged = (error === undefined) !== (this.#error === undefined);
    this.#error = error;
    if (hasChanged) this.#onChange(error);
  }
}
