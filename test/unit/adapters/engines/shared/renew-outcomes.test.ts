import { expect, it } from 'vitest';
import { worstOutcome } from '../../../../../src/adapters/engines/shared/renew-outcomes.ts';

it.each([
  [[], 'kept'],
  [['kept', 'kept'], 'kept'],
  [['kept', 'lapsed'], 'lapsed'],
  [['lapsed', 'unknown', 'kept'], 'unknown'],
  [['kept', 'failed'], 'failed'],
  [['failed', 'lapsed'], 'lapsed'],
] as const)('the worst outcome of %j is %s', (outcomes, outcome) => expect(worstOutcome(outcomes)).toBe(outcome));
