import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { ALL_MUTANTS } from '../../conformance/mutants/all-mutants.ts';
import { ruleOf } from '../../conformance/mutants/mutant.ts';
import { describeMutants } from './mutant-suite.ts';

describe('the suite', () => {
  it('has a mutant for every rule', () => {
    const rules = new Set(ALL_CASES.map(({ rule }) => rule));
    expect(new Set(ALL_MUTANTS.map(ruleOf))).toEqual(rules);
  });

  it('refers to existing cases', () => {
    const ids = new Set(ALL_CASES.map(({ id }) => id));
    expect(ALL_MUTANTS.flatMap(({ fails }) => fails).filter((id) => !ids.has(id))).toEqual([]);
    expect(ALL_MUTANTS.filter((mutant) => mutant.fails.some((id) => !id.startsWith(`${ruleOf(mutant)}.`)))).toEqual([]);
  });
});

describeMutants(new Set());
