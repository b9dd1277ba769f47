import { beforeAll, describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { inPool } from '../../../conformance/pool.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { ALL_MUTANTS } from '../../conformance/mutants/all-mutants.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { mayAffect, type Mutant, ruleOf } from '../../conformance/mutants/mutant.ts';
import { describeResult } from './results.ts';

// Mutants spend most of their time waiting. `npm run test:soak:mutants` runs all cases on each of them.
const MUTANTS_AT_ONCE = 12;
const MUTANTS_MS = 1_800_000;
/** Long enough for a busy machine. */
const PATIENCE_MS = 6_000;

const ATTEMPTS_ALONE = 3;

async function runMissedAgain(mutant: Mutant, found: Map<Mutant, readonly CaseResult[]>): Promise<void> {
  const results = found.get(mutant) ?? [];
  const missed = results.filter(({ id, verdict }) => mutant.fails.includes(id) && verdict !== mutant.verdict);
  if (missed.length === 0) return;
  const cases = ALL_CASES.filter(({ id }) => missed.some((one) => one.id === id));
  const again = await runCases({ cases, servers: inProcess(mutant.name, mutant.Server, PATIENCE_MS) });
  found.set(mutant, [...results.filter((one) => !missed.includes(one)), ...again]);
}

/** @param sample the ids of further cases. A mutant must pass those of the rules that it does not violate. */
export function describeMutants(sample: ReadonlySet<string>): void {
  describe('the suite detects, with the right rule, a server that', () => {
    const found = new Map<Mutant, readonly CaseResult[]>();

    beforeAll(async () => {
      await inPool(MUTANTS_AT_ONCE, ALL_MUTANTS, async (mutant) => {
        const cases = ALL_CASES.filter(({ id }) => mutant.fails.includes(id) || sample.has(id));
        found.set(mutant, await runCases({ cases, servers: inProcess(mutant.name, mutant.Server) }));
      });
      // Many servers in one process hide faults of timing from each other, so the cases that missed theirs are run again alone.
      for (const mutant of ALL_MUTANTS) for (let n = 0; n < ATTEMPTS_ALONE; n++) await runMissedAgain(mutant, found);
    }, MUTANTS_MS);

    it.each(ALL_MUTANTS.map((mutant) => [`${mutant.name} (${ruleOf(mutant)})`, mutant] as const))('%s', (_, mutant) => {
      const results = found.get(mutant) ?? [];
      const verdicts = new Map(results.map(({ id, verdict }) => [id, verdict]));
      expect(mutant.fails.map((id) => `${id} is ${verdicts.get(id)}`)).toEqual(
        mutant.fails.map((id) => `${id} is ${mutant.verdict}`),
      );
      const wrong = results.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'not testable');
      expect(wrong.filter(({ rule }) => !mayAffect(mutant, rule)).map(describeResult)).toEqual([]);
    });
  });
}
