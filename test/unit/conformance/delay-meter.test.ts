import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DelayMeter } from '../../../conformance/delay-meter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('measures the longest delay of timers', () => {
  const meter = new DelayMeter();
  vi.advanceTimersByTime(100);
  expect(meter.longest).toBe(0);
  // The clock advances without timers: the process does not run.
  vi.setSystemTime(Date.now());
  vi.spyOn(performance, 'now').mockReturnValueOnce(performance.now() + 260);
  vi.advanceTimersByTime(10);
  expect(meter.longest).toBe(250);
  meter.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('measures the part of the time in which timers are overdue', () => {
  const meter = new DelayMeter();
  vi.advanceTimersByTime(100);
  expect(meter.share).toBe(0);
  const later = performance.now() + 310;
  vi.spyOn(performance, 'now').mockReturnValue(later);
  expect(meter.share).toBeCloseTo(300 / 410);
  meter.stop();
  vi.restoreAllMocks();
});
