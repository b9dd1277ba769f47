import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { clockContract } from '../../../src/contracts/clocks/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'clock manual',
  clockContract(() => {
    const clock = new ManualClock();
    return { clock, elapse: async (span) => clock.advance(span) };
  }),
);
