import type { Millis } from '../../src/domain/time.ts';
import type { Profile } from '../profile.ts';
import type { Expectations } from './expectations.ts';

/** Where random runs are played, and by what they are judged. */
export interface RunContext {
  readonly server: Profile;
  /** The key of each realm that is played with. */
  readonly keys: readonly string[];
  readonly expected: Expectations;
  /** Whatever happens by itself later than this is not waited for. */
  readonly longestWait: Millis;
  /** How many worlds may be played in at the same time. */
  readonly atOnce: number;
}

/** With fewer seats, worlds would sit on those of others. */
const MIN_LIMIT_FOR_PARALLEL = 200;

/** How many worlds a server has room for. */
export function parallelRunsFor({ limits }: Expectations, wanted: number): number {
  return (limits.concurrentLimit ?? Infinity) >= MIN_LIMIT_FOR_PARALLEL ? wanted : 1;
}
