import { describe, expect, it } from 'vitest';
import { reportAsBadge } from '../../../../conformance/report/badge.ts';
import { sampleCase, sampleRun } from './sample-runs.ts';

describe('the badge', () => {
  const ok = sampleCase('M1.a');
  const run = (...verdicts: ('ok' | 'loose' | 'failed' | 'dangerous' | 'not testable')[]) =>
    sampleRun(verdicts.map((verdict, n) => sampleCase(`M${n}.x`, { verdict })));

  it.each([
    [run('ok', 'ok'), 'conforms (2 cases)'],
    [run('ok', 'loose', 'not testable'), 'conforms (2 cases)'],
    [run('ok', 'failed', 'failed'), '2 of 3 failed'],
    [run('ok', 'failed', 'dangerous'), '1 dangerous'],
    [run('not testable'), 'not tested'],
  ])('has the outcome', (result, message) => {
    expect(reportAsBadge(result, 'badge.svg')).toContain(`aria-label="PeerJS protocol: ${message}"`);
    expect(JSON.parse(reportAsBadge(result, 'badge.json'))).toMatchObject({
      schemaVersion: 1,
      label: 'PeerJS protocol',
      message,
    });
  });

  it('is one SVG element', () => expect(reportAsBadge(sampleRun([ok]), '-')).toMatch(/^<svg\s[\s\S]*<\/svg>\n$/));
});
