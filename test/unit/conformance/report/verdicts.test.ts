import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../conformance/results.ts';
import { outcomeOf } from '../../../../conformance/report/verdicts.ts';
import { EACH_VERDICT, sampleCase } from './sample-runs.ts';

const outcome = (...verdicts: Verdict[]) => outcomeOf(verdicts.map((verdict, n) => sampleCase(`M${n}.a`, { verdict })));

describe('the outcome of a run', () => {
  it('is that of the worst verdict', () => {
    expect(outcomeOf(EACH_VERDICT)).toEqual({ verdict: 'dangerous', words: 'Dangerous' });
    expect(outcome('ok', 'failed', 'loose').words).toBe('Does not conform');
    expect(outcome('ok', 'loose', 'not testable').words).toBe('Conforms, loosely');
    expect(outcome('not testable', 'ok').words).toBe('Conforms');
  });

  it('is "Not tested" without a tested case', () => {
    expect(outcome('not testable').words).toBe('Not tested');
    expect(outcome().words).toBe('Not tested');
  });
});
