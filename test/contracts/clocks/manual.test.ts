import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { clockContract } from './contract.ts';

clockContract('manual', () => {
  const clock = new ManualClock();
  return { clock, elapse: async (span) => clock.advance(span) };
});
