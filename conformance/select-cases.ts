import type { Case } from './case.ts';

/** The cases whose rule or id matches a pattern: `M14`, `M*`, `O5.*`. Without patterns, all cases. */
export function selectCases(cases: readonly Case[], patterns: readonly string[]): readonly Case[] {
  if (patterns.length === 0) return cases;
  const expressions = patterns.map(expressionOf);
  return cases.filter(({ id, rule }) => expressions.some((one) => one.test(id) || one.test(rule)));
}

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
}
