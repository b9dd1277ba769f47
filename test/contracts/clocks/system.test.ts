import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '../../../src/adapters/clocks/system.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { clockContract } from './contract.ts';

clockContract('system', () => {
  const clock = new SystemClock();
  return { clock, elapse };

  async function elapse(span: Millis): Promise<void> {
    const end = clock.now() + span;
    do await wait(1);
    while (clock.now() < end);
  }
});
