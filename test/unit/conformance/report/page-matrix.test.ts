import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../conformance/report/matrix.ts';
import { detailsId, familyId, tables } from '../../../../conformance/report/page-matrix.ts';
import { familiesOf } from '../../../../conformance/report/rule-families.ts';
import type { RunResult } from '../../../../conformance/results.ts';
import { EACH_VERDICT, sampleCase, sampleRun } from './sample-runs.ts';

function tablesOf(...runs: RunResult[]): string {
  const matrix = matrixOf(runs);
  return tables(matrix, familiesOf(matrix.rows.map((row, n) => ({ ...row, n })))).markup;
}
const rowsIn = (markup: string) => markup.match(/<tr class[^]*?<\/tr>/g) ?? [];

describe('the matrix of a page', () => {
  it('has a section with a heading and a table for each rule family', () => {
    const markup = tablesOf(sampleRun([sampleCase('M1.a'), sampleCase('H1.a')]));
    expect(markup.match(/<h2>[^<]+/g)).toEqual(['<h2>HTTP ', '<h2>Messages ']);
    expect(markup.match(/<table/g)).toHaveLength(2);
  });

  it('shows each verdict as text, in a button that opens the details', () => {
    const rows = rowsIn(tablesOf(sampleRun(EACH_VERDICT)));
    EACH_VERDICT.forEach(({ id, verdict }, n) => {
      expect(rows[n]).toContain(`popovertarget="case-${n}-A"`);
      expect(rows[n]).toContain(`aria-label="${verdict}, ${id}, a server"`);
      expect(rows[n]).toContain(`<span class="word">${verdict}</span>`);
    });
  });

  it('marks cases that were not run', () => {
    const [row = ''] = rowsIn(tablesOf(sampleRun([]), sampleRun([sampleCase('M1.a')])));
    expect(row).toContain('not run');
    expect(row.match(/<button/g)).toHaveLength(1);
  });

  it('has class names for filters by verdict and by difference', () => {
    const one = sampleRun([sampleCase('M1.a'), sampleCase('M2.a')]);
    const other = sampleRun([sampleCase('M1.a', { verdict: 'failed' }), sampleCase('M2.a')]);
    const classes = rowsIn(tablesOf(one, other)).map((row) => /class="([^"]+)"/.exec(row)?.[1]);
    expect(classes).toEqual(['has-failed has-ok first', 'has-ok same first']);
  });

  it('separates rules', () => {
    const classes = rowsIn(tablesOf(sampleRun([sampleCase('M1.a'), sampleCase('M1.b'), sampleCase('M2.a')])));
    expect(classes.map((row) => row.includes(' first"'))).toEqual([true, false, true]);
  });

  it('has row and column headers with the full name of the server', () => {
    const markup = tablesOf(sampleRun([sampleCase('M1.a')], 'one'), sampleRun([], 'other "two"'));
    expect(markup.match(/<th scope="row"/g)).toHaveLength(1);
    expect(markup.match(/<th scope="col"/g)).toHaveLength(3);
    expect(markup).toContain('title="other &quot;two&quot;"');
  });

  it('generates unique ids', () => {
    const [one, other] = matrixOf([sampleRun([]), sampleRun([])]).columns;
    expect(one && other && [detailsId(1, one), detailsId(11, one), detailsId(1, other)]).toEqual([
      'case-1-A',
      'case-11-A',
      'case-1-B',
    ]);
    expect(familyId({ letters: 'M', name: '', members: [] })).toBe('family-M');
  });
});
