import type { Millis } from '../../src/domain/time.ts';
import type { Profile } from '../profile.ts';
import type { Expectations } from './expectations.ts';

/** The server and the expectations of random runs. */
export interface RunContext {
  readonly server: Profile;
  /** The key of each realm. */
  readonly keys: readonly string[];
  readonly expected: Expectations;
  /** Longer timeouts are not awaited. */
  readonly longestWait: Millis;
  /** The number of parallel runs. */
  readonly atOnce: number;
}

/** With a lower limit, parallel runs would exhaust the capacity of each other. */
const MIN_LIMIT_FOR_PARALLEL = 200;

/** The number of parallel runs that the server has capacity for. */
export function parallelRunsFor({ limits }: Expectations, wanted: number): number {
  return (limits.concurrentLimit ?? Infinity) >= MIN_LIMIT_FOR_PARALLEL ? wanted : 1;
}
