import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { NEVER, type Millis } from '../../domain/time.ts';

/** A clock under test, and a way to let time pass. */
export interface ClockSubject {
  readonly clock: Clock;
  /** Advances the clock, or really waits, by at least `span`. */
  readonly elapse: (span: Millis) => Promise<void>;
}

/** One requirement of the port. */
export interface Clause {
  readonly name: string;
  readonly run: (subject: ClockSubject) => Promise<void>;
}

// Wake-ups that a clause waits for are due within a few milliseconds.
const PATIENCE: Millis = 2_000;

/** Delays beyond the range of a platform timer: by one, by a full 32-bit range, and without end. */
const FAR_FUTURE: readonly Millis[] = [2 ** 31, 2 ** 31 + 1, 2 ** 32 + 1, 2 ** 33 + 1, NEVER];

export const CLAUSES: readonly Clause[] = [
  {
    name: 'now returns whole milliseconds and never decreases',
    async run({ clock, elapse }) {
      let before = clock.now();
      for (let reading = 0; reading < 500; reading++) {
        if (reading % 100 === 0) await elapse(2);
        const now = clock.now();
        expect(Number.isInteger(now)).toBe(true);
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
    },
  },
  {
    name: 'now advances at least by the time that has passed',
    async run({ clock, elapse }) {
      const before = clock.now();
      await elapse(10);
      expect(clock.now() - before).toBeGreaterThanOrEqual(10);
    },
  },
  {
    name: 'a wake-up never runs within the call, even if its time has passed',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      await subject.elapse(5);
      clock.wakeAt(0, () => woken.push('long past'));
      clock.wakeAt(clock.now(), () => woken.push('now'));
      clock.wakeAt(clock.now() + 1, () => woken.push('the next'));
      expect(woken).toEqual([]);
      await until(subject, () => woken.length >= 3);
    },
  },
  {
    name: 'a wake-up that is scheduled within another one runs in a turn of its own',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      clock.wakeAt(clock.now() + 1, () => {
        clock.wakeAt(clock.now(), () => woken.push('inner'));
        woken.push('outer');
      });
      await until(subject, () => woken.length === 2);
      expect(woken).toEqual(['outer', 'inner']);
    },
  },
  {
    name: 'a wake-up runs at its time or shortly after, never before',
    async run(subject) {
      const { clock } = subject;
      const early: Millis[] = [];
      let woken = 0;
      for (let span = 0; span < 30; span++) {
        const at = clock.now() + span;
        clock.wakeAt(at, () => {
          woken += 1;
          if (clock.now() < at) early.push(at - clock.now());
        });
      }
      await until(subject, () => woken >= 30);
      expect(early).toEqual([]);
    },
  },
  {
    name: 'a wake-up runs once',
    async run(subject) {
      const { clock } = subject;
      let woken = 0;
      clock.wakeAt(clock.now() + 2, () => (woken += 1));
      await until(subject, () => woken > 0);
      await subject.elapse(10);
      expect(woken).toBe(1);
    },
  },
  {
    name: 'a cancelled wake-up does not run, and the others do',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      const at = clock.now() + 2;
      clock.wakeAt(at, () => woken.push('before'));
      clock.wakeAt(at, () => woken.push('cancelled')).cancel();
      clock.wakeAt(at, () => woken.push('behind'));
      await until(subject, () => woken.length >= 2);
      await subject.elapse(5);
      expect(woken.sort()).toEqual(['before', 'behind']);
    },
  },
  {
    name: 'cancelling twice, within the wake-up or late is harmless',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      const twice = clock.wakeAt(clock.now() + 1, () => undefined);
      twice.cancel();
      twice.cancel();
      const inside = clock.wakeAt(clock.now() + 1, () => {
        inside.cancel();
        woken.push('cancelled within');
      });
      await until(subject, () => woken.length === 1);
      clock.wakeAt(clock.now() + 1, () => woken.push('another'));
      inside.cancel();
      await until(subject, () => woken.length === 2);
      expect(woken).toEqual(['cancelled within', 'another']);
    },
  },
  {
    name: 'a wake-up more than 2^31 milliseconds ahead does not run at once, and can be cancelled',
    async run({ clock, elapse }) {
      const woken: Millis[] = [];
      const wakeups = FAR_FUTURE.map((span) => clock.wakeAt(clock.now() + span, () => woken.push(span)));
      await elapse(10);
      for (const wakeup of wakeups) wakeup.cancel();
      await elapse(5);
      expect(woken).toEqual([]);
    },
  },
];

/** The tests of a clock. @param start creates a new subject for each test. */
export function clockContract(start: () => ClockSubject): ContractTest[] {
  return CLAUSES.map(({ name, run }) => ({ name, run: () => run(start()) }));
}

async function until({ elapse }: ClockSubject, condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited++) {
    if (condition()) return;
    await elapse(1);
  }
  expect.fail('a scheduled wake-up did not run');
}
