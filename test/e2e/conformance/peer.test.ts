import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { countsTable, expectPublished, PEER_COMMAND, runSuite } from './suite.ts';

/** Long enough for what comes late, as EXPIRE does; where nothing comes this long, nothing comes. */
const PATIENCE = ['--patience', '3000'];
const MINUTES = 180_000;
const EXPLAINED = new Map(ALL_CASES.flatMap(({ id, reference }) => (reference === undefined ? [] : [[id, reference] as const])));

describe('peer 1.0.2', () => {
  it('differs where the cases say that it does, in the way that they say, and nowhere else', { timeout: MINUTES }, async () => {
    const { code, result } = await runSuite('--command', PEER_COMMAND, ...PATIENCE);
    const tested = result.cases.filter(({ verdict }) => verdict !== 'not testable');
    const differing = tested.filter(({ verdict }) => verdict !== 'ok');
    expect(differing.map(({ id }) => id)).toEqual(tested.map(({ id }) => id).filter((id) => EXPLAINED.has(id)));
    expect(unexplained(differing)).toEqual([]);
    expect(code).toBe(1);
    expectPublished('peer', countsTable('`peer` 1.0.2', result.cases));
    expectPublished('peer-differences', differencesTable(differing));
  });

  it('has no bounds where the cases say so: it overlooks the flags that it does not know', { timeout: MINUTES }, async () => {
    const { result } = await runSuite('--command', PEER_COMMAND, '--flavour', 'signalbox', ...PATIENCE, ...onlyBounds());
    const differing = result.cases.filter(({ verdict }) => verdict !== 'ok');
    expect(differing.map(({ id }) => id)).toEqual(result.cases.map(({ id }) => id));
    expect(unexplained(differing)).toEqual([]);
  });
});

/** Cases for which `peer` has no flags. */
function onlyBounds(): string[] {
  const beyondPeer = ['two keys', 'few requests', 'few requests behind a proxy', 'small mailboxes', 'small realm'];
  beyondPeer.push('small buffers', 'small messages', 'few messages', 'few messages at a time');
  const bounds = ALL_CASES.filter(({ setup = 'calm', reference }) => reference !== undefined && beyondPeer.includes(setup));
  return bounds.flatMap(({ id }) => ['--only', id]);
}

function unexplained(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ id, why = '' }) => EXPLAINED.get(id)?.evidence.test(why) !== true)
    .map(({ id, verdict, why }) => `${verdict} ${id}: ${why}`);
}

/** One row for each rule and what is seen there. */
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
