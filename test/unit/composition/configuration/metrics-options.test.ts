import { expect, it } from 'vitest';
import { METRICS_OPTIONS } from '../../../../src/composition/configuration/metrics-options.ts';

it('H19: a token has 32 to 255 characters without blanks', () => {
  const isAllowed = (token: string): boolean => METRICS_OPTIONS.metrics_token.read(token).ok;
  expect([31, 32, 255, 256].map((length) => isAllowed('x'.repeat(length)))).toEqual([false, true, true, false]);
  expect(isAllowed(`${'x'.repeat(20)} ${'y'.repeat(20)}`)).toBe(false);
});
