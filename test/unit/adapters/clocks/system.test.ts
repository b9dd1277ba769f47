import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../../../src/adapters/clocks/system.ts';
import { NEVER } from '../../../../src/domain/time.ts';

const DAY = 86_400_000;

describe('the system clock, with fake timers', () => {
  let machine = 0;

  beforeEach(() => {
    machine = 1_000.7;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(performance, 'now').mockImplementation(() => machine);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  function passes(span: number): void {
    machine += span;
    vi.advanceTimersByTime(span);
  }

  it('returns whole milliseconds', () => {
    expect(new SystemClock().now()).toBe(1_000);
  });

  it('wakes in a hundred days, neither at once nor earlier', () => {
    const wake = vi.fn();
    const clock = new SystemClock();
    clock.wakeAt(clock.now() + 100 * DAY, wake);
    for (let day = 0; day < 99; day++) passes(DAY);
    expect(wake).not.toHaveBeenCalled();
    passes(DAY);
    expect(wake).toHaveBeenCalledTimes(1);
  });

  it('cancels a wake-up after its timer was set again', () => {
    const wake = vi.fn();
    const clock = new SystemClock();
    const wakeup = clock.wakeAt(clock.now() + 100 * DAY, wake);
    for (let day = 0; day < 60; day++) passes(DAY);
    wakeup.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never wakes at NEVER', () => {
    const wake = vi.fn();
    new SystemClock().wakeAt(NEVER, wake);
    for (let day = 0; day < 200; day++) passes(DAY);
    expect(wake).not.toHaveBeenCalled();
  });

  it('waits again when a timer fires early, as platform timers do', () => {
    const wake = vi.fn();
    const clock = new SystemClock();
    clock.wakeAt(clock.now() + 10, wake);
    vi.advanceTimersByTime(10);
    expect(wake).not.toHaveBeenCalled();
    passes(10);
    expect(wake).toHaveBeenCalledTimes(1);
  });
});

describe('the system clock, with real timers', () => {
  it('a pending wake-up does not keep the process running', () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const clock = new SystemClock();
    const wakeup = clock.wakeAt(clock.now() + DAY, () => undefined);
    expect(set.mock.results[0]?.value.hasRef()).toBe(false);
    wakeup.cancel();
    set.mockRestore();
  });
});
