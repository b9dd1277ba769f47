import { expect, it } from 'vitest';
import { causes } from '../../../../conformance/report/page-causes.ts';
import { matrixOf } from '../../../../conformance/report/matrix.ts';
import { EACH_VERDICT, sampleCase, sampleRun } from './sample-runs.ts';

it('lists the causes of each server, the worst first, with a button for each case', () => {
  const { columns, rows } = matrixOf([sampleRun(EACH_VERDICT), sampleRun([sampleCase('M1.a')])]);
  const { markup } = causes(
    columns,
    rows.map((row, n) => ({ ...row, n })),
  );
  expect(markup.match(/<h2>/g)).toHaveLength(1);
  expect(markup).toContain('3 causes');
  expect(markup.match(/popovertarget="case-\d+-A"/g)).toHaveLength(3);
  expect(markup.indexOf('M1.dangerous')).toBeLessThan(markup.indexOf('M2.failed'));
});
