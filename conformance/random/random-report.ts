import type { CaseResult, Verdict } from '../results.ts';
import { writeReplay } from './replay.ts';
import type { Finding, RandomResult } from './random-result.ts';

/** The outcome before it is formatted. */
export type Outcome = Omit<RandomResult, 'report' | 'cases'> & { readonly took: number };

/** The text report: one line without a violation, otherwise the steps and a replay command. */
export function formatOutcome(outcome: Outcome): string {
  const { finding, unreachable } = outcome;
  if (unreachable !== undefined) return `The server is unreachable: ${unreachable}\n`;
  if (finding === undefined) return `${runSummary(outcome)}: no rule was violated.\n`;
  const { message, descriptions, steps, stepsBefore, isRepeatable, isDangerous } = finding;
  const shrunk = stepsBefore > descriptions.length ? `, reduced from ${stepsBefore}` : '';
  return [
    `${runSummary(outcome)}: ${isDangerous ? 'dangerous rule violation' : 'rule violation'}.`,
    '',
    `  ${message}`,
    '',
    `Steps${shrunk}:`,
    ...descriptions.map((step, i) => `${String(i + 1).padStart(4)}. ${step}`),
    ...(isRepeatable === false
      ? ['', 'A replay of the same steps violated no rule: the violation depends on timing or chance.']
      : []),
    '',
    'Replay:',
    '',
    `  --replay '${writeReplay(steps)}'`,
    '',
  ].join('\n');
}

/** The outcome as a case result. Without a violation, the result is listed under M1. */
export function asCase(outcome: Outcome): CaseResult {
  const { seed, finding, unreachable, took } = outcome;
  const why = unreachable ?? (finding === undefined ? undefined : violationText(finding));
  return {
    id: `RANDOM.${seed ?? 'replay'}`,
    rule: finding?.rule ?? 'M1',
    title: `${runSummary(outcome)}: peers send random valid and invalid frames`,
    severity: 'required',
    verdict: verdictOf(outcome),
    expected: 'After every step, all observations conform to the rules of the model.',
    ...(why === undefined ? {} : { why }),
    took: Math.round(took),
    transcript: finding?.transcript ?? [],
  };
}

function verdictOf({ finding, unreachable }: Outcome): Verdict {
  if (unreachable !== undefined) return 'not testable';
  if (finding === undefined) return 'ok';
  return finding.isDangerous ? 'dangerous' : 'failed';
}

function violationText({ message, descriptions, steps }: Finding): string {
  const numbered = descriptions.map((step, i) => `${i + 1}. ${step}`);
  return `${message}. Steps: ${numbered.join('; ')}. Replay: --replay '${writeReplay(steps)}'`;
}

function runSummary({ seed, runs, steps }: Outcome): string {
  if (seed === undefined) return `replay of ${pluralize(steps, 'step')}`;
  return `${pluralize(runs, 'random run')}, ${pluralize(steps, 'step')}, seed ${seed}`;
}

function pluralize(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
