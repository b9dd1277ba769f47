import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import { NEVER } from '../../../../src/domain/time.ts';

describe('the manual clock', () => {
  it('passes no time until it is advanced', () => {
    const clock = new ManualClock();
    expect(clock.now()).toBe(0);
    clock.advance(250);
    expect(clock.now()).toBe(250);
  });

  it('wakes each at its own time, in the order of time, then of scheduling', () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    for (const [name, at] of [
      ['late', 30],
      ['first', 10],
      ['second', 10],
      ['now', 0],
    ] as const) {
      clock.wakeAt(at, () => woken.push(`${name} at ${clock.now()}`));
    }
    clock.advance(100);
    expect(woken).toEqual(['now at 0', 'first at 10', 'second at 10', 'late at 30']);
    expect(clock.now()).toBe(100);
  });

  it('wakes nothing that is due a millisecond later', () => {
    const clock = new ManualClock();
    const woken: number[] = [];
    clock.wakeAt(10, () => woken.push(10));
    clock.advance(9);
    expect(woken).toEqual([]);
    clock.advance(1);
    expect(woken).toEqual([10]);
  });

  it('wakes a wake-up that another one schedules on the way', () => {
    const clock = new ManualClock();
    const woken: number[] = [];
    clock.wakeAt(10, () => clock.wakeAt(20, () => woken.push(clock.now())));
    clock.advance(100);
    expect(woken).toEqual([20]);
  });

  it('lets a hundred days pass in one step', () => {
    const clock = new ManualClock();
    const woken: number[] = [];
    clock.wakeAt(2 ** 33, () => woken.push(clock.now()));
    clock.advance(2 ** 34);
    expect(woken).toEqual([2 ** 33]);
  });

  it('returns the time of the next wake-up', () => {
    const clock = new ManualClock();
    expect(clock.nextWakeup()).toBe(NEVER);
    const sooner = clock.wakeAt(10, () => undefined);
    clock.wakeAt(20, () => undefined);
    expect(clock.nextWakeup()).toBe(10);
    sooner.cancel();
    expect(clock.nextWakeup()).toBe(20);
    clock.advance(20);
    expect(clock.nextWakeup()).toBe(NEVER);
  });

  it('never decreases when it is advanced within a wake-up', () => {
    const clock = new ManualClock();
    clock.wakeAt(5, () => clock.advance(100));
    clock.advance(10);
    expect(clock.now()).toBe(105);
  });
});
