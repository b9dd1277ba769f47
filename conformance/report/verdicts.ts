import type { CaseResult, Severity, Verdict } from '../results.ts';

/** Every verdict, the worst first. */
export const WORST_FIRST: readonly Verdict[] = ['dangerous', 'failed', 'loose', 'not testable', 'ok'];

/** Every severity, what weighs most first. */
export const MOST_SEVERE_FIRST: readonly Severity[] = ['required', 'recommended', 'hardening'];

export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  dangerous: 'The server died, went deaf to others, or gave one peer what belongs to another.',
  failed: 'Not as the rule says.',
  loose: 'Allowed, but not what the rule recommends.',
  'not testable': 'This server, or this way of reaching it, does not let the case be run.',
  ok: 'As the rule says.',
};

export const SEVERITY_MEANINGS: Readonly<Record<Severity, string>> = {
  required: 'needed to be compatible',
  recommended: 'needed to be good',
  hardening: 'needed to stay up',
};

/** What a run comes to, in a word or two. */
export function outcomeOf(cases: readonly CaseResult[]): { readonly verdict: Verdict; readonly words: string } {
  const has = (wanted: Verdict): boolean => cases.some(({ verdict }) => verdict === wanted);
  if (has('dangerous')) return { verdict: 'dangerous', words: 'Dangerous' };
  if (has('failed')) return { verdict: 'failed', words: 'Does not conform' };
  if (has('loose')) return { verdict: 'loose', words: 'Conforms, loosely' };
  return has('ok') ? { verdict: 'ok', words: 'Conforms' } : { verdict: 'not testable', words: 'Not tested' };
}
