import { parseArgs } from 'node:util';
import { ALL_CASES } from '../../conformance/all-cases.ts';
import { inPool } from '../../conformance/pool.ts';
import type { CaseResult } from '../../conformance/results.ts';
import { runCases } from '../../conformance/run-cases.ts';
import { ALL_MUTANTS } from '../conformance/mutants/all-mutants.ts';
import { inProcess } from '../conformance/mutants/in-process.ts';
import { mayAffect, ruleOf, type Mutant } from '../conformance/mutants/mutant.ts';

const { values } = parseArgs({
  options: { 'at-once': { type: 'string', default: '2' }, only: { type: 'string', default: '' } },
});
/** Long enough for a busy machine. */
const PATIENCE_MS = 6_000;
/** A fault colours its own rule, and at most these others; `also` of the server lists the exceptions. */
const MAX_OTHER_RULES = 2;
const REPEATS = 3;
const selected = ALL_MUTANTS.filter(({ name }) => name.includes(values.only));
let wrong = 0;

await inPool(Number(values['at-once']), selected, async (mutant) => {
  const problems = await problemsOf(mutant);
  if (problems.length > 0) wrong++;
  process.stdout.write([`${problems.length === 0 ? 'ok' : 'WRONG'}: a server that ${mutant.name}`, ...problems, ''].join('\n'));
});
process.stdout.write(`${selected.length - wrong} of ${selected.length} servers are detected in their rule, and in few others\n`);
process.exit(wrong === 0 ? 0 : 1);

async function problemsOf(mutant: Mutant): Promise<string[]> {
  const results = await allResults(mutant);
  const missed = results.filter(({ id, verdict }) => mutant.fails.includes(id) && verdict !== mutant.verdict);
  const others = results.filter(({ rule, verdict }) => verdict !== 'ok' && verdict !== 'not testable' && rule !== ruleOf(mutant));
  const isMany = new Set(others.map(({ rule }) => rule)).size > MAX_OTHER_RULES;
  const coloured = others.filter(({ rule }) => isMany && !mayAffect(mutant, rule));
  return [
    ...missed.map(({ id, verdict, why }) => `  ${id} is ${verdict} instead of ${mutant.verdict}: ${why}`),
    ...coloured.map(({ id, verdict, why }) => `  ${id} is ${verdict} as well: ${why}`),
  ];
}

/** A busy machine hides faults of timing, so the cases that it kept from a verdict are repeated on a quiet server. */
async function allResults({ name, Server }: Mutant): Promise<CaseResult[]> {
  const servers = inProcess(name, Server, PATIENCE_MS);
  let results = await runCases({ cases: ALL_CASES, servers });
  for (let n = 0; n < REPEATS && results.some(wasBusy); n++) {
    const cases = ALL_CASES.filter(({ id }) => results.some((one) => one.id === id && wasBusy(one)));
    const again = new Map((await runCases({ cases, servers })).map((one) => [one.id, one]));
    results = results.map((one) => again.get(one.id) ?? one);
  }
  return results;
}

function wasBusy({ verdict, why = '' }: CaseResult): boolean {
  return verdict === 'not testable' && why.startsWith('the machine was busy');
}
