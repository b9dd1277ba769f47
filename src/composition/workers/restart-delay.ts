import type { Millis } from '../../domain/time.ts';

const SHORTEST: Millis = 100;
const LONGEST: Millis = 10_000;
/** A worker that has run for this long did not fail at its start. */
const SETTLED: Millis = 10_000;

/**
 * The time until a worker that has ended is replaced. It doubles with each worker that ends soon after its start.
 * @param previous the delay before the worker that has ended; 0 for the first one.
 */
export function restartDelay(previous: Millis, lifetime: Millis): Millis {
  if (lifetime >= SETTLED || previous === 0) return SHORTEST;
  return Math.min(LONGEST, 2 * previous);
}
