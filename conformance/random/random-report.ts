import type { CaseResult, Verdict } from '../results.ts';
import { writeReplay } from './replay.ts';
import type { Finding, RandomResult } from './random-result.ts';

/** What happened, before it is put into words. */
export type Outcome = Omit<RandomResult, 'report' | 'cases'> & { readonly took: number };

/** For people: one line where all is well, else the steps and how to play them again. */
export function formatOutcome(outcome: Outcome): string {
  const { finding, unreachable } = outcome;
  if (unreachable !== undefined) return `The server can not be reached: ${unreachable}\n`;
  if (finding === undefined) return `${runSummary(outcome)}: every promise was kept.\n`;
  const { message, descriptions, steps, stepsBefore, isRepeatable, isDangerous } = finding;
  const shrunk = stepsBefore > descriptions.length ? `, made of ${stepsBefore}` : '';
  return [
    `${runSummary(outcome)}: ${isDangerous ? 'a dangerous broken promise' : 'a broken promise'}.`,
    '',
    `  ${message}`,
    '',
    `Steps${shrunk}:`,
    ...descriptions.map((step, i) => `${String(i + 1).padStart(4)}. ${step}`),
    ...(isRepeatable === false
      ? ['', 'Played once more, the same steps broke no promise: it depends on time or on chance.']
      : []),
    '',
    'To play them again:',
    '',
    `  --replay '${writeReplay(steps)}'`,
    '',
  ].join('\n');
}

/** As a case among the others. A run that keeps every promise stands for the first of them. */
export function asCase(outcome: Outcome): CaseResult {
  const { seed, finding, unreachable, took } = outcome;
  const why = unreachable ?? (finding === undefined ? undefined : violationText(finding));
  return {
    id: `RANDOM.${seed ?? 'replay'}`,
    rule: finding?.rule ?? 'M1',
    title: `${runSummary(outcome)}: what peers do at random breaks no promise`,
    severity: 'required',
    verdict: verdictOf(outcome),
    expected: 'Whatever peers do, and in whatever order, each rule of the model is kept after every step.',
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
  return `${message}. Steps: ${numbered.join('; ')}. To play them again: --replay '${writeReplay(steps)}'`;
}

function runSummary({ seed, runs, steps }: Outcome): string {
  if (seed === undefined) return `replay of ${pluralize(steps, 'step')}`;
  return `${pluralize(runs, 'random run')}, ${pluralize(steps, 'step')}, seed ${seed}`;
}

function pluralize(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
