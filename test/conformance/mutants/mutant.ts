import type { ServerClass } from './in-process.ts';

/** A server with one fault. */
export interface Mutant {
  /** The fault. */
  readonly name: string;
  /** The ids of cases of the violated rule that must detect the fault. */
  readonly fails: readonly [string, ...string[]];
  /** The expected verdict; `loose` for a recommended rule. */
  readonly verdict: 'dangerous' | 'failed' | 'loose';
  /** Other rules that the fault necessarily violates: ids, the letters of a family, or `*` for all. */
  readonly also?: readonly string[];
  readonly Server: ServerClass;
}

/** The rule that a mutant violates. */
export function ruleOf({ fails }: Mutant): string {
  return ruleIn(fails[0]);
}

/** True if cases of the rule may detect the fault as well. */
export function mayAffect(mutant: Mutant, rule: string): boolean {
  return [ruleOf(mutant), ...(mutant.also ?? [])].some((one) => one === '*' || one === rule || one === rule.replace(/\d+$/, ''));
}

function ruleIn(id: string): string {
  return id.split('.')[0] ?? id;
}
