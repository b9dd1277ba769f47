import { describe, expect, it } from 'vitest';
import { formatTimestamp, formatDuration } from '../../../../conformance/report/durations.ts';

describe('times in a report', () => {
  it('are short, with their unit', () => {
    expect([0, 12, 999, 1_000, 59_940, 60_000, 125_400].map(formatDuration)).toEqual([
      ...['0 ms', '12 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '2 min 5 s'],
    ]);
  });

  it('are told by the clock of Greenwich, and as they are written where they are none', () => {
    expect(formatTimestamp('2026-01-02T03:04:05.678+01:00')).toBe('2026-01-02 02:04 UTC');
    expect(formatTimestamp('yesterday')).toBe('yesterday');
  });
});
