import type { ServerClass } from './in-process.ts';

/** A server that keeps all rules but one. */
export interface Mutant {
  /** What it does wrong. */
  readonly name: string;
  /** Ids of cases, all of the rule that it breaks: each must find it out. */
  readonly fails: readonly [string, ...string[]];
  /** What they must say of it; `loose` where the rule is only recommended. */
  readonly verdict: 'dangerous' | 'failed' | 'loose';
  /** Other rules that nobody could keep who does so: ids, letters for all of a family, or `*` for all. */
  readonly also?: readonly string[];
  readonly Server: ServerClass;
}

/** The rule that a mutant breaks. */
export function ruleOf({ fails }: Mutant): string {
  return ruleIn(fails[0]);
}

/** Whether a case of that rule may find it out, too. */
export function mayAffect(mutant: Mutant, rule: string): boolean {
  return [ruleOf(mutant), ...(mutant.also ?? [])].some((one) => one === '*' || one === rule || one === rule.replace(/\d+$/, ''));
}

function ruleIn(id: string): string {
  return id.split('.')[0] ?? id;
}
