import type { Millis } from '../../src/domain/time.ts';
import type { PlayedRun } from './play.ts';
import { DEADLINE_MARGIN_MS } from './socket-driver.ts';

/** How often a run that a pause disturbed is played again, unless it violates no rule before. */
const REPEATS = 2;

/**
 * Plays a run again if it violates a rule, and the machine or the server paused for longer than the margin to the next timeout:
 * an event of that timeout then looks like one of a later step. The violation counts if each repeat has one too, of any rule,
 * because the server may not have recovered from the first one.
 */
export async function playAgainAfterPause(playOnce: () => Promise<PlayedRun>): Promise<PlayedRun> {
  const first = await playOnce();
  for (let count = 0; count < REPEATS && isDoubtful(first); count++) {
    const again = await playOnce();
    if (again.violation === undefined) return again;
  }
  return first;
}

function isDoubtful({ violation, longestPause, slowestAnswer }: PlayedRun): boolean {
  const pause: Millis = Math.max(longestPause, slowestAnswer);
  return violation !== undefined && pause > DEADLINE_MARGIN_MS;
}
