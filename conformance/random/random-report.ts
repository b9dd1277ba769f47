import type { CaseResult, Verdict } from '../results.ts';
import { writeReplay } from './replay.ts';
import type { Finding, RandomResult } from './random-result.ts';

/** What happened, before it is put into words. */
export type Outcome = Omit<RandomResult, 'report' | 'cases'> & { readonly took: number };

/** For people: one line where all is well, else the steps and how to play them again. */
export function inWords(outcome: Outcome): string {
  const { finding, unreachable } = outcome;
  if (unreachable !== undefined) return `The server can not be reached: ${unreachable}\n`;
  if (finding === undefined) return `${played(outcome)}: every promise was kept.\n`;
  const { claim, words, steps, stepsBefore, isRepeatable, isDangerous } = finding;
  const shrunk = stepsBefore > words.length ? `, made of ${stepsBefore}` : '';
  return [
    `${played(outcome)}: ${isDangerous ? 'a dangerous broken promise' : 'a broken promise'}.`,
    '',
    `  ${claim}`,
    '',
    `Steps${shrunk}:`,
    ...words.map((step, i) => `${String(i + 1).padStart(4)}. ${step}`),
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
  const why = unreachable ?? (finding === undefined ? undefined : whyOf(finding));
  return {
    id: `RANDOM.${seed ?? 'replay'}`,
    rule: finding?.rule ?? 'M1',
    title: `${played(outcome)}: what peers do at random breaks no promise`,
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

function whyOf({ claim, words, steps }: Finding): string {
  const numbered = words.map((step, i) => `${i + 1}. ${step}`);
  return `${claim}. Steps: ${numbered.join('; ')}. To play them again: --replay '${writeReplay(steps)}'`;
}

function played({ seed, runs, steps }: Outcome): string {
  if (seed === undefined) return `replay of ${counted(steps, 'step')}`;
  return `${counted(runs, 'random run')}, ${counted(steps, 'step')}, seed ${seed}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
