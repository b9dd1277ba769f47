import { expect, it } from 'vitest';
import { fittingReason } from '../../../../../src/adapters/transports/shared/goodbyes.ts';

it('a reason of up to 123 bytes stays as it is', () => {
  for (const why of ['', 'ID is taken', 'x'.repeat(123), `${'é'.repeat(61)}!`]) expect(fittingReason(why)).toBe(why);
});

it('a longer one is cut between characters', () => {
  expect(fittingReason('x'.repeat(124))).toBe('x'.repeat(123));
  expect(fittingReason('é'.repeat(62))).toBe('é'.repeat(61));
  expect(fittingReason('𝄞'.repeat(31))).toBe('𝄞'.repeat(30));
});
