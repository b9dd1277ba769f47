import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { countsTable, expectPublished, PEER_COMMAND, runSuite } from './suite.ts';

/** Long enough for delayed events such as EXPIRE; a missing event is assumed after this time. */
const PATIENCE = ['--patience', '3000'];
const MINUTES = 180_000;
const EXPLAINED = new Map(ALL_CASES.flatMap(({ id, reference }) => (reference === undefined ? [] : [[id, reference] as const])));

describe('peer 1.0.2', () => {
  it('deviates exactly where the cases declare it, with the declared evidence', { timeout: MINUTES }, async () => {
    const { code, result } = await runSuite('--command', PEER_COMMAND, ...PATIENCE);
    const tested = result.cases.filter(({ verdict }) => verdict !== 'not testable');
    const differing = tested.filter(({ verdict }) => verdict !== 'ok');
    expect(differing.map(({ id }) => id)).toEqual(tested.map(({ id }) => id).filter((id) => EXPLAINED.has(id)));
    expect(unexplained(differing)).toEqual([]);
    expect(code).toBe(1);
    expectPublished('peer', countsTable('`peer` 1.0.2', result.cases));
    expectPublished('peer-differences', differencesTable(differing));
  });

  it('has no limits where the cases declare it, and ignores unknown flags', { timeout: MINUTES }, async () => {
    const { result } = await runSuite('--command', PEER_COMMAND, '--flavour', 'signalbox', ...PATIENCE, ...onlyBounds());
    const differing = result.cases.filter(({ verdict }) => verdict !== 'ok');
    expect(differing.map(({ id }) => id)).toEqual(result.cases.map(({ id }) => id));
    expect(unexplained(differing)).toEqual([]);
  });
});

/** Cases for limits without a flag of `peer`. */
function onlyBounds(): string[] {
  const beyondPeer = ['two keys', 'low HTTP rate limit', 'low HTTP rate limit behind a proxy', 'small mailboxes', 'small realm'];
  beyondPeer.push('small buffers', 'small messages', 'low message rate limit', 'low message rate limit with pause');
  const bounds = ALL_CASES.filter(
    ({ setup = 'long timeouts', reference }) => reference !== undefined && beyondPeer.includes(setup),
  );
  return bounds.flatMap(({ id }) => ['--only', id]);
}

function unexplained(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ id, why = '' }) => EXPLAINED.get(id)?.evidence.test(why) !== true)
    .map(({ id, verdict, why }) => `${verdict} ${id}: ${why}`);
}

/** One row for each rule and deviation. */
function differencesTable(results: readonly CaseResult[]): string {
  const rows = new Map<string, string[]>();
  for (const { id, rule, verdict, reference } of results) {
    const key = `${verdict} | ${rule} | ${reference}`;
    rows.set(key, [...(rows.get(key) ?? []), `\`${id}\``]);
  }
  const lines = Array.from(rows, ([key, ids]) => {
    const [verdict, rule, reference] = key.split(' | ');
    return `| ${rule} | ${verdict} | ${reference} | ${ids.join(', ')} |`;
  });
  return ['| rule | verdict | `peer` 1.0.2 | cases |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
