import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scenarios, type ScenarioTimes } from '../../../../conformance/random/scenarios.ts';

function draw(times: ScenarioTimes) {
  return fc.sample(scenarios(fc.constant(0), ['ann', 'bob', 'cem'], times), { seed: 1, numRuns: 100 });
}

it('M14, L1: scenarios await the timeouts that are short enough', () => {
  const waits = (times: ScenarioTimes) =>
    new Set(draw(times).flatMap((steps) => steps.flatMap((step) => ('ms' in step ? [step.ms] : []))));
  expect(waits({ expireTimeout: 700, aliveTimeout: undefined, sweepInterval: 100 })).toEqual(new Set([350, 900]));
  expect(waits({ expireTimeout: undefined, aliveTimeout: 2_000, sweepInterval: 100 })).toEqual(new Set([1_200]));
  expect(waits({ expireTimeout: undefined, aliveTimeout: undefined, sweepInterval: 100 })).toEqual(new Set());
});

it('scenarios begin with two peers, and a third one that is absent', () => {
  for (const steps of draw({ expireTimeout: 700, aliveTimeout: 2_000, sweepInterval: 100 })) {
    expect(steps.slice(0, 4).map((step) => step.do)).toEqual(['connect', 'leave', 'connect', 'connect']);
  }
});
