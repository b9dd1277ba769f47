import { describe, expect, it, vi } from 'vitest';
import { BurstLimit } from '../../../../../src/adapters/logs/shared/burst-limit.ts';

function limit() {
  vi.useFakeTimers();
  const suppressed: [string, number][] = [];
  const limit = new BurstLimit((kind, count) => void suppressed.push([kind, count]));
  const writes = (kind: string, times: number): number =>
    Array.from({ length: times }, () => limit.admits(kind)).filter(Boolean).length;
  return { limit, suppressed, writes };
}

describe('the limit on bursts of lines', () => {
  it('admits a number of lines of one kind in one window, and reports the others at its end', () => {
    const { suppressed, writes } = limit();
    expect([writes('a', 50), writes('b', 3)]).toEqual([20, 3]);
    expect(suppressed).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(suppressed).toEqual([['a', 30]]);
    expect(writes('a', 50)).toBe(20);
    vi.useRealTimers();
  });

  it('reports nothing without suppressed lines', () => {
    limit().writes('a', 1);
    vi.advanceTimersByTime(60_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('kinds beyond the limit share one counter', () => {
    const { writes } = limit();
    const written = Array.from({ length: 1_000 }, (_, n) => writes(`kind ${n}`, 1)).filter((count) => count === 1).length;
    expect(written).toBe(100 + 20);
    vi.useRealTimers();
  });

  it('the end of the log ends the window', () => {
    const { limit: one, suppressed, writes } = limit();
    writes('a', 21);
    one.end();
    expect([suppressed, vi.getTimerCount()]).toEqual([[['a', 1]], 0]);
    vi.useRealTimers();
  });
});
