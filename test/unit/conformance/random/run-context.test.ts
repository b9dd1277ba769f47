import { expect, it } from 'vitest';
import { EXPECTATIONS } from '../../../../conformance/random/expectations.ts';
import { parallelRunsFor } from '../../../../conformance/random/run-context.ts';

it('O6: runs are sequential with a low concurrent limit', () => {
  const { signalbox, compatible } = EXPECTATIONS;
  expect(parallelRunsFor(signalbox, 4)).toBe(4);
  expect(parallelRunsFor(compatible, 4)).toBe(4);
  expect(parallelRunsFor({ ...signalbox, limits: { ...signalbox.limits, concurrentLimit: 10 } }, 4)).toBe(1);
});
