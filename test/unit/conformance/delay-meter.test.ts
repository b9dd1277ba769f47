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
