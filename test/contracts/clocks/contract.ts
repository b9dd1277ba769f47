import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { NEVER, type Millis } from '../../../src/domain/time.ts';

/** One clock, and a way to let it go on. */
export interface ClockSubject {
  readonly clock: Clock;
  /** Turns the clock, or truly waits: at least `span`. */
  elapse(span: Millis): Promise<void>;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  run(subject: ClockSubject): Promise<void>;
}

// Wake-ups that a clause waits for are due within a few milliseconds.
const PATIENCE: Millis = 2_000;

/** Beyond what a timer of the platform can count: by one, by a whole turn of 32 bits, for ever. */
const FAR_FUTURE: readonly Millis[] = [2 ** 31, 2 ** 31 + 1, 2 ** 32 + 1, 2 ** 33 + 1, NEVER];

export const CLAUSES: readonly Clause[] = [
  {
    name: 'now is told in whole milliseconds, and never runs backwards',
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
    name: 'now goes on by at least the time that went by',
    async run({ clock, elapse }) {
      const before = clock.now();
      await elapse(10);
      expect(clock.now() - before).toBeGreaterThanOrEqual(10);
    },
  },
  {
    name: 'a wake-up never comes from inside the call, even for a moment that has passed',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      await subject.elapse(5);
      clock.wakeAt(0, () => woken.push('long gone'));
      clock.wakeAt(clock.now(), () => woken.push('this very moment'));
      clock.wakeAt(clock.now() + 1, () => woken.push('the next'));
      expect(woken).toEqual([]);
      await until(subject, () => woken.length >= 3);
    },
  },
  {
    name: 'a wake-up ordered from inside another comes in a turn of its own',
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
    name: 'a wake-up comes at its moment or soon after, never before',
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
    name: 'a wake-up comes once',
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
    name: 'a wake-up that was called off does not come, and the others do',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      const at = clock.now() + 2;
      clock.wakeAt(at, () => woken.push('before'));
      clock.wakeAt(at, () => woken.push('called off')).cancel();
      clock.wakeAt(at, () => woken.push('behind'));
      await until(subject, () => woken.length >= 2);
      await subject.elapse(5);
      expect(woken.sort()).toEqual(['before', 'behind']);
    },
  },
  {
    name: 'calling off twice, from inside the wake-up or late is harmless',
    async run(subject) {
      const { clock } = subject;
      const woken: string[] = [];
      const twice = clock.wakeAt(clock.now() + 1, () => undefined);
      twice.cancel();
      twice.cancel();
      const inside = clock.wakeAt(clock.now() + 1, () => {
        inside.cancel();
        woken.push('called off inside');
      });
      await until(subject, () => woken.length === 1);
      clock.wakeAt(clock.now() + 1, () => woken.push('another'));
      inside.cancel();
      await until(subject, () => woken.length === 2);
      expect(woken).toEqual(['called off inside', 'another']);
    },
  },
  {
    name: 'a moment beyond 2^31 milliseconds does not come at once, and can be called off',
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

/** Holds one clock to all promises of its port. */
export function clockContract(name: string, start: () => ClockSubject): void {
  describe(`clock ${name}`, () => {
    for (const clause of CLAUSES) it(clause.name, () => clause.run(start()));
  });
}

async function until({ elapse }: ClockSubject, condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited++) {
    if (condition()) return;
    await elapse(1);
  }
  expect.fail('a wake-up that was ordered did not come');
}
