import type { CaseResult, Severity, Verdict } from '../results.ts';

/** All verdicts, worst first. */
export const WORST_FIRST: readonly Verdict[] = ['dangerous', 'failed', 'loose', 'not testable', 'ok'];

/** All severities, most severe first. */
export const MOST_SEVERE_FIRST: readonly Severity[] = ['required', 'recommended', 'hardening'];

export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  dangerous: 'The server crashed, stopped serving other peers, or exposed the data of one peer to another.',
  failed: 'The server violates the rule.',
  loose: 'Allowed, but not what the rule recommends.',
  'not testable': 'The case cannot run against this server or configuration.',
  ok: 'The server conforms to the rule.',
};

export const SEVERITY_MEANINGS: Readonly<Record<Severity, string>> = {
  required: 'required for compatibility',
  recommended: 'recommended for good behaviour',
  hardening: 'required for availability',
};

/** The outcome of a run in one or two words. */
export function outcomeOf(cases: readonly CaseResult[]): { readonly verdict: Verdict; readonly words: string } {
  const has = (wanted: Verdict): boolean => cases.some(({ verdict }) => verdict === wanted);
  if (has('dangerous')) return { verdict: 'dangerous', words: 'Dangerous' };
  if (has('failed')) return { verdict: 'failed', words: 'Does not conform' };
  if (has('loose')) return { verdict: 'loose', words: 'Conforms, loosely' };
  return has('ok') ? { verdict: 'ok', words: 'Conforms' } : { verdict: 'not testable', words: 'Not tested' };
}
