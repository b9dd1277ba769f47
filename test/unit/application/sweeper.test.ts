import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { Sweeper } from '../../../src/application/sweeper.ts';
import { NEVER } from '../../../src/domain/time.ts';

function sweeping(next: () => number = () => NEVER) {
  const clock = new ManualClock();
  const sweeper = new Sweeper(clock, 1_000);
  const sweeps: number[] = [];
  const pauses: number[] = [];
  sweeper.onWake({
    sweep: () => {
      sweeps.push(clock.now());
      return next();
    },
    paused: (span) => void pauses.push(span),
  });
  return { clock, sweeper, sweeps, pauses };
}

describe('Sweeper', () => {
  it('M14, L1: sweeps at the deadline', () => {
    const { clock, sweeper, sweeps } = sweeping();
    sweeper.schedule(5_000);
    clock.advance(60_000);
    expect(sweeps).toEqual([5_000]);
  });

  it('sweeps at the earliest of all deadlines', () => {
    const { clock, sweeper, sweeps } = sweeping();
    for (const deadline of [5_000, 3_000, 4_000]) sweeper.schedule(deadline);
    clock.advance(60_000);
    expect(sweeps).toEqual([3_000]);
  });

  it('M14: sweeps at most once in an interval, for any deadlines', () => {
    const { clock, sweeper, sweeps } = sweeping(() => 0);
    sweeper.schedule(10);
    clock.advance(3_100);
    expect(sweeps).toEqual([10, 1_010, 2_010, 3_010]);
  });

  it('schedules no wake-up while nothing is due', () => {
    const { clock, sweeper } = sweeping();
    sweeper.schedule(NEVER);
    expect(clock.nextWakeup()).toBe(NEVER);
  });

  it('stays stopped', () => {
    const { clock, sweeper, sweeps } = sweeping();
    sweeper.schedule(10);
    sweeper.stop();
    sweeper.schedule(20);
    clock.advance(1_000);
    expect([sweeps, clock.nextWakeup()]).toEqual([[], NEVER]);
  });

  it('does nothing before `onWake`', () => {
    const clock = new ManualClock();
    new Sweeper(clock, 1_000).schedule(5);
    clock.advance(10);
    expect(clock.nextWakeup()).toBe(NEVER);
  });

  it('L6: reports a late wake-up as a pause, and reads waiting frames before the sweep', () => {
    const { clock, sweeper, sweeps, pauses } = sweeping();
    sweeper.schedule(5_000);
    clock.advance(4_000);
    clock.advanceWithoutWaking(6_000);
    clock.advance(999);
    expect([pauses, sweeps]).toEqual([[5_000], []]);
    clock.advance(1);
    expect([pauses, sweeps]).toEqual([[5_000], [11_000]]);
  });

  it('L6: sweeps although every wake-up is late', () => {
    const { clock, sweeper, sweeps, pauses } = sweeping(() => 0);
    sweeper.schedule(1_000);
    for (let n = 0; n < 4; n++) {
      clock.advanceWithoutWaking(2_000);
      clock.advance(0);
    }
    expect([pauses, sweeps]).toEqual([
      [1_000, 1_000, 1_000, 1_000],
      [4_000, 8_000],
    ]);
  });

  it('L6: reports a short delay, and does not postpone the sweep', () => {
    const { clock, sweeper, sweeps, pauses } = sweeping();
    sweeper.schedule(1_000);
    clock.advanceWithoutWaking(1_020);
    clock.advance(0);
    expect([pauses, sweeps]).toEqual([[20], [1_020]]);
  });
});
