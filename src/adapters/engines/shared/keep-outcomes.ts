import type { KeepOutcome } from '../../../application/ports/peer-directory.ts';

/** What is to be said of several: a lease that the engine knows nothing of is worse than one that had ended. */
export function worst(outcomes: readonly KeepOutcome[]): KeepOutcome {
  return outcomes.find((outcome) => outcome === 'unknown') ?? outcomes.find((outcome) => outcome === 'lapsed') ?? 'kept';
}
