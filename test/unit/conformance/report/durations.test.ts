import { describe, expect, it } from 'vitest';
import { formatUtcTime, formatDuration } from '../../../../conformance/report/durations.ts';

describe('times in reports', () => {
  it('are formatted with a unit', () => {
    expect([0, 12, 999, 1_000, 59_940, 60_000, 125_400].map(formatDuration)).toEqual([
      ...['0 ms', '12 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '2 min 5 s'],
    ]);
  });

  it('are formatted in UTC, and invalid ones stay unchanged', () => {
    expect(formatUtcTime('2026-01-02T03:04:05.678+01:00')).toBe('2026-01-02 02:04 UTC');
    expect(formatUtcTime('yesterday')).toBe('yesterday');
  });
});
