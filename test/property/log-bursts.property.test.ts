import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { BurstLimit } from '../../src/adapters/logs/shared/burst-limit.ts';

const STEPS = fc.array(
  fc.record({
    kind: fc.constantFrom('a', 'b', 'c'),
    times: fc.integer({ min: 1, max: 40 }),
    wait: fc.integer({ max: 1_500, min: 0 }),
  }),
  { maxLength: 60 },
);

it('floods of refusals: at most one line a second of each kind, and every line is written or counted', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const clock = new ManualClock();
      const lines: { readonly kind: string; readonly at: number; readonly stands: number }[] = [];
      const limit = new BurstLimit<undefined>(clock, ({ kind, count }) => lines.push({ kind, at: clock.now(), stands: count }));
      const given: Record<string, number> = { a: 0, b: 0, c: 0 };
      for (const { kind, times, wait } of steps) {
        for (let n = 0; n < times; n++) if (limit.admits(kind, undefined)) lines.push({ kind, at: clock.now(), stands: 1 });
        given[kind] = (given[kind] ?? 0) + times;
        clock.advance(wait);
      }
      clock.advance(1_000);
      for (const [kind, count] of Object.entries(given)) {
        const written = lines.filter((line) => line.kind === kind);
        expect(written.reduce((sum, { stands }) => sum + stands, 0)).toBe(count);
        const gaps = written.slice(1).map(({ at }, place) => at - (written[place]?.at ?? 0));
        expect(Math.min(1_000, ...gaps)).toBe(1_000);
      }
    }),
  );
});
