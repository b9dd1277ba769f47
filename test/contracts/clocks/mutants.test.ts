import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Wakeup } from '../../../src/application/ports/clock.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { CLAUSES } from './contract.ts';

class HastyClock extends ManualClock {
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

class DeafClock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    super.wakeAt(at, wake);
    return { cancel: () => undefined };
  }
}

/** Calls off whatever was ordered last, as one that keeps a single timer would. */
class ForgetfulClock extends ManualClock {
  #last: Wakeup | undefined = undefined;

  override wakeAt(at: Millis, wake: () => void): Wakeup {
    const ordered = super.wakeAt(at, wake);
    this.#last = ordered;
    let isCalledOff = false;
    return {
      cancel: () => {
        if (isCalledOff) this.#last?.cancel();
        isCalledOff = true;
        ordered.cancel();
      },
    };
  }
}

class NarrowClock extends ManualClock {
  override wakeAt(at: Millis, wake: () => void): Wakeup {
    return super.wakeAt(this.now() + ((at - this.now()) | 0), wake);
  }
}

class SlippingClock extends ManualClock {
  #readings = 0;

  override now(): Millis {
    this.#readings += 1;
    return super.now() - (this.#readings % 200 === 0 ? 1 : 0);
  }
}

const MUTANTS = [
  {
    fault: 'wakes from inside the call',
    make: () => new HastyClock(),
    dies: [
      'a wake-up never comes from inside the call, even for a moment that has passed',
      'a wake-up ordered from inside another comes in a turn of its own',
    ],
  },
  {
    fault: 'wakes a millisecond early',
    make: () => new EarlyClock(),
    dies: ['a wake-up comes at its moment or soon after, never before'],
  },
  { fault: 'wakes twice', make: () => new RepeatingClock(), dies: ['a wake-up comes once'] },
  {
    fault: 'calls nothing off',
    make: () => new DeafClock(),
    dies: ['a wake-up that was called off does not come, and the others do'],
  },
  {
    fault: 'calls off the wrong one the second time',
    make: () => new ForgetfulClock(),
    dies: ['calling off twice, from inside the wake-up or late is harmless'],
  },
  {
    fault: 'counts in 32 bits',
    make: () => new NarrowClock(),
    dies: ['a moment beyond 2^31 milliseconds does not come at once, and can be called off'],
  },
  {
    fault: 'slips back now and then',
    make: () => new SlippingClock(),
    dies: ['now is told in whole milliseconds, and never runs backwards'],
  },
];

describe('a clock that breaks a promise', () => {
  for (const { fault, make, dies } of MUTANTS) {
    it(`${fault}: fails where it is said, and nowhere else`, async () => {
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
