import { expect, it } from 'vitest';
import { truncatedReason } from '../../../../../src/adapters/transports/shared/close-frames.ts';

it('a reason of up to 123 bytes is unchanged', () => {
  for (const why of ['', 'ID is taken', 'x'.repeat(123), `${'é'.repeat(61)}!`]) expect(truncatedReason(why)).toBe(why);
});

it('a longer reason is truncated between characters', () => {
  expect(truncatedReason('x'.repeat(124))).toBe('x'.repeat(123));
  expect(truncatedReason('é'.repeat(62))).toBe('é'.repeat(61));
  expect(truncatedReason('𝄞'.repeat(31))).toBe('𝄞'.repeat(30));
});
