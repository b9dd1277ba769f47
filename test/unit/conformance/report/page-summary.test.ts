import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../conformance/report/matrix.ts';
import { summary } from '../../../../conformance/report/page-summary.ts';
import { EACH_VERDICT, sampleCase, sampleRun } from './sample-runs.ts';

const wordsIn = (markup: string) =>
  markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
const summaryOf = (...runs: Parameters<typeof matrixOf>[0]) => summary(matrixOf(runs).columns).markup;

describe('the summary', () => {
  it('counts the verdicts of a server by severity, worst first', () => {
    expect(wordsIn(summaryOf(sampleRun(EACH_VERDICT)))).toBe(
      'a server Dangerous 1 dangerous 1 required 1 failed 1 hardening 1 loose 1 recommended 1 not testable 1 ok ' +
        '5 cases in 4.3 s, 2026-01-02 03:04 UTC',
    );
  });

  it('has a tagged card for each of several servers', () => {
    const words = wordsIn(summaryOf(sampleRun([sampleCase('M1.a')], 'one'), sampleRun([], 'other')));
    expect(words).toMatch(/^A one Conforms .* 1 ok 1 case in .* B other Not tested .* 0 ok 0 cases in /);
  });

  it('draws each verdict proportionally to its count', () => {
    const cases = [...EACH_VERDICT, sampleCase('M6.a')];
    const parts = Array.from(summaryOf(sampleRun(cases)).matchAll(/<rect class="([^"]+)" x="(\d)" width="(\d)"/g), (match) =>
      match.slice(1).join(' '),
    );
    expect(parts).toEqual(['dangerous 0 1', 'failed 1 1', 'loose 2 1', 'not-testable 3 1', 'ok 4 2']);
  });
});
