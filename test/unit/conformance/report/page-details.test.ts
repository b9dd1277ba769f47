import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../conformance/report/matrix.ts';
import { details } from '../../../../conformance/report/page-details.ts';
import type { RunResult } from '../../../../conformance/results.ts';
import { EACH_VERDICT, sampleCase, sampleRun } from './sample-runs.ts';

function panelsOf(...runs: RunResult[]): string[] {
  const matrix = matrixOf(runs);
  const rows = matrix.rows.map((row, n) => ({ ...row, n }));
  return details(matrix, rows)
    .markup.split(/<div\s+class="panel/)
    .slice(1);
}
const wordsIn = (markup = '') =>
  markup
    .slice(markup.indexOf('<'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('the details of a page', () => {
  it('include the expectation, the observation, the deviation of peer, the severity, and the transcript', () => {
    expect(wordsIn(panelsOf(sampleRun(EACH_VERDICT))[1])).toBe(
      'failed M2.failed a server Close the title of M2.failed Expected what is expected Seen what was seen ' +
        'peer 1.0.2 does so too Severity hardening: required for availability Took 12 ms ' +
        'Transcript → sent to the server, ← received from it, times in milliseconds since the start of the case ' +
        'Time Connection Direction Content 7 ann ← heard what was received',
    );
  });

  it('exist for each result of each server', () => {
    const panels = panelsOf(sampleRun(EACH_VERDICT), sampleRun([sampleCase('M5.ok'), sampleCase('M6.ok')]));
    expect(panels.map((panel) => /id="([^"]+)"/.exec(panel)?.[1])).toEqual([
      ...['case-0-A', 'case-1-A', 'case-2-A', 'case-3-A', 'case-4-A', 'case-4-B', 'case-5-B'],
    ]);
  });

  it('explain a missing transcript', () => {
    const panels = panelsOf(sampleRun(EACH_VERDICT));
    expect(wordsIn(panels[3])).toMatch(/There is no transcript\.$/);
    expect(wordsIn(panels[4])).toMatch(/No transcript is kept for the verdict ok\.$/);
  });

  it('keep line breaks of a frame, and show invisible characters', () => {
    const transcript = [{ at: 0, who: 'ann', how: 'sent', what: '{\n"a":\u0007}' }] as const;
    const [panel] = panelsOf(sampleRun([sampleCase('M1.a', { verdict: 'failed', transcript })]));
    expect(panel).toContain('<span>{\n&quot;a&quot;:<span class="unseen">\\u0007</span>}</span>');
  });
});
