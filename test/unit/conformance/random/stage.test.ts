import { expect, it } from 'vitest';
import { EXPECTATIONS } from '../../../../conformance/random/expectations.ts';
import { worldsFor } from '../../../../conformance/random/stage.ts';

it('O6: where few peers are let in, worlds come one by one', () => {
  const { signalbox, compatible } = EXPECTATIONS;
  expect(worldsFor(signalbox, 4)).toBe(4);
  expect(worldsFor(compatible, 4)).toBe(4);
  expect(worldsFor({ ...signalbox, limits: { ...signalbox.limits, concurrentLimit: 10 } }, 4)).toBe(1);
});
