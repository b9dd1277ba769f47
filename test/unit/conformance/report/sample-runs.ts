import type { CaseResult, RunResult } from '../../../../conformance/results.ts';

/** Hostile text: closing tags and delimiters, control characters, and a lone surrogate. */
export const HOSTILE = `</script></style><img src=x onerror="window.owned=1"> '"&]]> \u0000\u001b[31m\u202e \ud83e \u2028 🦊`;

/** A case result with defaults. */
export function sampleCase(id: string, said: Partial<CaseResult> = {}): CaseResult {
  const verdict = said.verdict ?? 'ok';
  return {
    ...{
      id,
      rule: id.split('.')[0] ?? '',
      title: `the title of ${id}`,
      severity: 'required',
      verdict,
      expected: 'what is expected',
    },
    ...{ took: 12, transcript: verdict === 'ok' || verdict === 'not testable' ? [] : [line('what was received')] },
    ...(verdict === 'ok' ? {} : { why: 'what was seen' }),
    ...said,
  };
}

/** A run with the given cases. */
export function sampleRun(cases: readonly CaseResult[], server = 'a server'): RunResult {
  const startedAt = '2026-01-02T03:04:05.678Z';
  return { suite: 'signalbox conform', format: 1, version: '1.2.3', server, startedAt, took: 4_321, cases };
}

/** One case for each verdict, worst first. */
export const EACH_VERDICT: readonly CaseResult[] = [
  sampleCase('M1.dangerous', { verdict: 'dangerous' }),
  sampleCase('M2.failed', { verdict: 'failed', reference: 'does so too', severity: 'hardening' }),
  sampleCase('M3.loose', { verdict: 'loose', severity: 'recommended' }),
  sampleCase('M4.not-testable', { verdict: 'not testable' }),
  sampleCase('M5.ok'),
];

/** A case with hostile text in every member. */
export const HOSTILE_CASE: CaseResult = {
  ...{
    id: HOSTILE,
    rule: HOSTILE,
    title: HOSTILE,
    severity: 'required',
    verdict: 'failed',
    expected: HOSTILE,
    reference: HOSTILE,
  },
  ...{ why: HOSTILE, took: 1, transcript: [{ at: 0, who: HOSTILE, how: 'heard', what: HOSTILE }] },
};

function line(what: string): CaseResult['transcript'][number] {
  return { at: 7, who: 'ann', how: 'heard', what };
}
