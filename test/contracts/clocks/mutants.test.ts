import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Wakeup } from '../../../src/application/ports/clock.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { CLAUSES } from '../../../src/contracts/clocks/contract.ts';

class ImmediateClock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    if (at > this.now()) return super.wakeAt(at, wake);
    wake();
    return { cancel: () => undefined };
  }
}

class EarlyClock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    return super.wakeAt(at - 1, wake);
  }
}

class RepeatingClock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    super.wakeAt(at + 8, wake);
    return super.wakeAt(at, wake);
  }
}

class UncancellableClock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    super.wakeAt(at, wake);
    return { cancel: () => undefined };
  }
}

/** Cancels the wake-up that was scheduled last, like a clock with a single timer. */
class SingleTimerClock extends ManualClock {
  #last: Wakeup | undefined = undefined;

  override wakeAt(at: Millis, wake: () => void): Wakeup {
    const ordered = super.wakeAt(at, wake);
    this.#last = ordered;
    let isCancelled = false;
    return {
      cancel: () => {
        if (isCancelled) this.#last?.cancel();
        isCancelled = true;
        ordered.cancel();
      },
    };
  }
}

class Int32Clock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    return super.wakeAt(this.now() + ((at - this.now()) | 0), wake);
  }
}

class DecreasingClock extends ManualClock {
  #readings = 0;

  override now(): Millis {
    this.#readings += 1;
    return super.now() - (this.#readings % 200 === 0 ? 1 : 0);
  }
}

const MUTANTS = [
  {
    fault: 'wakes within the call',
    make: () => new ImmediateClock(),
    dies: [
      'a wake-up never runs within the call, even if its time has passed',
      'a wake-up that is scheduled within another one runs in a turn of its own',
    ],
  },
  {
    fault: 'wakes a millisecond early',
    make: () => new EarlyClock(),
    dies: ['a wake-up runs at its time or shortly after, never before'],
  },
  { fault: 'wakes twice', make: () => new RepeatingClock(), dies: ['a wake-up runs once'] },
  {
    fault: 'cancels nothing',
    make: () => new UncancellableClock(),
    dies: ['a cancelled wake-up does not run, and the others do'],
  },
  {
    fault: 'cancels the wrong wake-up the second time',
    make: () => new SingleTimerClock(),
    dies: ['cancelling twice, within the wake-up or late is harmless'],
  },
  {
    fault: 'counts in 32 bits',
    make: () => new Int32Clock(),
    dies: ['a wake-up more than 2^31 milliseconds ahead does not run at once, and can be cancelled'],
  },
  {
    fault: 'decreases now and then',
    make: () => new DecreasingClock(),
    dies: ['now returns whole milliseconds and never decreases'],
  },
];

describe('a clock with one fault', () => {
  for (const { fault, make, dies } of MUTANTS) {
    it(`${fault}: fails the expected clauses, and no others`, async () => {
      expect(await failures(make)).toEqual(dies);
    });
  }
});

async function failures(make: () => ManualClock): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of CLAUSES) {
    const clock = make();
    const elapse = async (span: Millis): Promise<void> => clock.advance(span);
    await clause.run({ clock, elapse }).catch(() => failed.push(clause.name));
  }
  return failed;
}
