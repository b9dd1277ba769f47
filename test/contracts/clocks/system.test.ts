import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '../../../src/adapters/clocks/system.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { clockContract } from '../../../src/contracts/clocks/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'clock system',
  clockContract(() => {
    const clock = new SystemClock();
    return { clock, elapse };

    async function elapse(span: Millis): Promise<void> {
      const end = clock.now() + span;
      do await wait(1);
      while (clock.now() < end);
    }
  }),
);
