import { expect, it } from 'vitest';
import { restartDelay } from '../../../../src/composition/workers/restart-delay.ts';

it('is short for the first end and after a long life, and doubles up to 10 s for short lives', () => {
  expect(restartDelay(0, 5)).toBe(100);
  expect(restartDelay(100, 5)).toBe(200);
  expect(restartDelay(6_400, 9_999)).toBe(10_000);
  expect(restartDelay(10_000, 5)).toBe(10_000);
  expect(restartDelay(10_000, 10_000)).toBe(100);
});
