import { expect, it } from 'vitest';
import { worstOutcome } from '../../../../../src/adapters/engines/shared/keep-outcomes.ts';

it.each([
  [[], 'kept'],
  [['kept', 'kept'], 'kept'],
  [['kept', 'lapsed'], 'lapsed'],
  [['lapsed', 'unknown', 'kept'], 'unknown'],
  [['kept', 'failed'], 'failed'],
  [['failed', 'lapsed'], 'lapsed'],
] as const)('of %j the worst is %s', (outcomes, outcome) => expect(worstOutcome(outcomes)).toBe(outcome));
