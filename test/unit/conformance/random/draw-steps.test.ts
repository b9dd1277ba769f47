import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepLists, type DrawOptions } from '../../../../conformance/random/draw-steps.ts';
import { readReplay, writeReplay } from '../../../../conformance/random/replay.ts';
import { UNUSABLE_ID } from '../../../../conformance/random/steps.ts';

const SCOPE: DrawOptions = {
  realms: 2,
  hasUnusableId: true,
  connectWeight: 8,
  floodSizes: [3],
  malformedCounts: [1, 2],
  waitRanges: [[5, 6]],
  minSteps: 4,
  maxSteps: 40,
};

const draw = (scope: DrawOptions, seed: number) => fc.sample(stepLists(scope), { seed, numRuns: 100 });

describe('generating steps', () => {
  it('is deterministic for a seed, and extends the list for more runs', () => {
    expect(draw(SCOPE, 3)).toEqual(draw(SCOPE, 3));
    expect(draw(SCOPE, 3)).not.toEqual(draw(SCOPE, 4));
    expect(fc.sample(stepLists(SCOPE), { seed: 3, numRuns: 10 })).toEqual(draw(SCOPE, 3).slice(0, 10));
  });

  it('includes every kind of step', () => {
    const steps = draw(SCOPE, 1).flat();
    expect(new Set(steps.map((step) => step.do)).size).toBe(13);
    expect(JSON.stringify(steps)).toContain(JSON.stringify(UNUSABLE_ID));
  });

  it('has scenarios, and other sets of ids, if their timeouts are known', () => {
    const scenarioTimes = { expireTimeout: 700, aliveTimeout: 2_000, sweepInterval: 100 };
    const lists = draw({ ...SCOPE, scenarioTimes }, 1);
    const texts = JSON.stringify(lists);
    for (const id of ['Ann', 'a+b', 'fay']) expect(texts).toContain(`"id":"${id}"`);
    for (const ms of [350, 900, 1_200]) expect(texts).toContain(`{"do":"wait","ms":${ms}}`);
    for (const list of lists) expect(readReplay(writeReplay(list))).toEqual(list);
    expect(JSON.stringify(draw(SCOPE, 1))).not.toContain('"Ann"');
  });

  it('respects its options', () => {
    const lists = draw({ ...SCOPE, realms: 1, hasUnusableId: false }, 1);
    expect(lists.every(({ length }) => length >= 4 && length <= 40)).toBe(true);
    expect(JSON.stringify(lists)).not.toContain(JSON.stringify(UNUSABLE_ID));
    expect(lists.flat().every((step) => !('realm' in step) || step.realm === 0)).toBe(true);
  });

  it('generates only steps that can be replayed', () => {
    for (const list of draw(SCOPE, 2)) expect(readReplay(writeReplay(list))).toEqual(list);
  });
});
