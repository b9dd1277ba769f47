import type { RenewOutcome } from '../../../application/ports/peer-directory.ts';

const WORST_FIRST: readonly RenewOutcome[] = ['unknown', 'lapsed', 'failed'];

/**
 * The worst outcome of several renewals. `unknown` and `lapsed` rank above `failed`, because the engine reports them only once.
 */
export function worstOutcome(outcomes: readonly RenewOutcome[]): RenewOutcome {
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'kept';
}
