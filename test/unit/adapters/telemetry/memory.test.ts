import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../../src/adapters/telemetry/memory.ts';

it('M9: counts each counter separately', () => {
  const tally = new MemoryTelemetry();
  tally.count('ignored:not-relayed');
  tally.count('ignored:not-relayed');
  tally.count('expired');
  expect([tally.get('ignored:not-relayed'), tally.get('expired'), tally.get('paused')]).toEqual([2, 1, 0]);
  expect(tally.all()).toEqual({ 'ignored:not-relayed': 2, expired: 1 });
});
