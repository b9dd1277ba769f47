import type { KeepOutcome } from '../../../application/ports/peer-directory.ts';

const WORST_FIRST: readonly KeepOutcome[] = ['unknown', 'lapsed', 'failed'];

/**
 * The outcome of several. A lease that the engine does not know is worse than one that had ended, and both are worse than one
 * that was not renewed: they are reported once only.
 */
export function worst(outcomes: readonly KeepOutcome[]): KeepOutcome {
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'kept';
}
