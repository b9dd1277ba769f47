import fc from 'fast-check';
import { it } from 'vitest';
import { PROMISE, RUNS, TIMEOUT } from './cluster/runs.ts';
import { worlds } from './cluster/worlds.ts';

it(`M1 M13 M14 M17 O4 O5 O11: in a cluster of three nodes with random faults, ${PROMISE}`, TIMEOUT, async () => {
  await fc.assert(worlds('Redis'), { numRuns: RUNS });
});
