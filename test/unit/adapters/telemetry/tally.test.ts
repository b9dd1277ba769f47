import { expect, it } from 'vitest';
import { Tally } from '../../../../src/adapters/telemetry/tally.ts';

it('M9: counts each thing by itself', () => {
  const tally = new Tally();
  tally.count('ignored:not-relayed');
  tally.count('ignored:not-relayed');
  tally.count('expired');
  expect([tally.of('ignored:not-relayed'), tally.of('expired'), tally.of('paused')]).toEqual([2, 1, 0]);
  expect(tally.all()).toEqual({ 'ignored:not-relayed': 2, expired: 1 });
});
