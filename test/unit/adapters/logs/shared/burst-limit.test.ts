import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import { BurstLimit, type HeldBack } from '../../../../../src/adapters/logs/shared/burst-limit.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

function limit() {
  const clock = new ManualClock();
  const reported: HeldBack<number>[] = [];
  const limit = new BurstLimit<number>(clock, (lines) => void reported.push(lines));
  const writes = (kind: string, times: number): number =>
    Array.from({ length: times }, (_, line) => limit.admits(kind, line)).filter(Boolean).length;
  return { clock, limit, reported, writes };
}

describe('the limit on bursts of lines', () => {
  it('admits one line of each kind in a second, and reports the others in one line at its end', () => {
    const { clock, reported, writes } = limit();
    expect([writes('a', 50), writes('b', 1)]).toEqual([1, 1]);
    clock.advance(999);
    expect(reported).toEqual([]);
    clock.advance(1);
    expect(reported).toEqual([{ kind: 'a', count: 49, latest: 49 }]);
  });

  it('counts the report as the line of the next second', () => {
    const { clock, reported, writes } = limit();
    writes('a', 2);
    clock.advance(1_000);
    expect(writes('a', 3)).toBe(0);
    clock.advance(1_000);
    expect(reported.map(({ count }) => count)).toEqual([1, 3]);
    clock.advance(1_000);
    expect(writes('a', 1)).toBe(1);
  });

  it('needs no wake-up after a second without lines', () => {
    const { clock, reported, writes } = limit();
    writes('a', 1);
    clock.advance(1_000);
    expect([reported, clock.nextWakeup()]).toEqual([[], NEVER]);
  });

  it('kinds beyond the limit share one account', () => {
    const { writes } = limit();
    const written = Array.from({ length: 1_000 }, (_, n) => writes(`kind ${n}`, 1)).filter((count) => count === 1).length;
    expect(written).toBe(100 + 1);
  });

  it('the end of the log reports at once', () => {
    const { clock, limit: one, reported, writes } = limit();
    writes('a', 21);
    writes('b', 1);
    one.end();
    expect([reported, clock.nextWakeup()]).toEqual([[{ kind: 'a', count: 20, latest: 20 }], NEVER]);
  });
});
