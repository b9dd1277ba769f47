import { VERDICTS, type VerdictId } from './verdicts/table.ts';
import type { State, StepId, Verdict } from './verdicts/verdict.ts';

/** The values in the texts of a finding, by name. */
export type Facts = Readonly<Record<string, string | number>>;

/** The result of a step: a verdict with its facts, or the reason why the step was skipped. */
export interface Finding {
  readonly step: StepId;
  readonly state: State;
  readonly verdict: VerdictId | 'skipped';
  readonly is: string;
  readonly effect: string;
  readonly remedy: string;
  readonly setting?: string | undefined;
  readonly link?: string | undefined;
}

/** @param state replaces the state of the table, for a fault that another way makes up for. */
export function finding(id: VerdictId, facts: Facts = {}, state?: State): Finding {
  const verdict: Verdict = VERDICTS[id];
  const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '?'));
  return {
    ...{ step: verdict.step, state: state ?? verdict.state, verdict: id },
    ...{ is: filled(verdict.is), effect: filled(verdict.effect), remedy: filled(verdict.remedy) },
    ...{ setting: verdict.setting, link: verdict.link },
  };
}

export function skipped(step: StepId, why: string): Finding {
  return { step, state: 'skipped', verdict: 'skipped', is: why, effect: '', remedy: '' };
}

/** The exit code: 0 good, 1 warnings with `--strict`, 2 broken. */
export function exitCodeOf(findings: readonly Finding[], isStrict: boolean): number {
  if (findings.some(({ state }) => state === 'bad')) return 2;
  return isStrict && findings.some(({ state }) => state === 'doubtful') ? 1 : 0;
}
