import type { RenewOutcome } from '../../../application/ports/peer-directory.ts';

const WORST_FIRST: readonly RenewOutcome[] = ['unknown', 'lapsed', 'failed'];

/**
 * The outcome of several. A lease that the engine does not know is worse than one that had ended, and both are worse than one
 * that was not renewed: they are reported once only.
 */
export function worstOutcome(outcomes: readonly RenewOutcome[]): RenewOutcome {
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'kept';
}
