import type { Case, Difference } from './case.ts';

/** What differs on the reference, as a table: one row for each title and what is seen there. */
export function differencesTable(cases: readonly Case[]): string {
  const rows = new Map<string, Row>();
  for (const { rule, title, example, onPeer } of [...cases].sort(byRule)) {
    if (onPeer === 'same') continue;
    const key = [rule, title, onPeer.differs].join('\n');
    const row = rows.get(key) ?? { rule, title, onPeer, examples: [] };
    if (example !== undefined) row.examples.push(example);
    rows.set(key, row);
  }
  return ['| rule | Signalbox | `peer` 1.0.2 |', '| --- | --- | --- |', ...Array.from(rows.values(), printed)].join('\n');
}

interface Row {
  readonly rule: string;
  readonly title: string;
  readonly onPeer: Difference;
  readonly examples: string[];
}

const FAMILIES = 'HOMLX';
const MOST_EXAMPLES = 7;

function byRule(one: Case, other: Case): number {
  return rank(one.rule) - rank(other.rule);
}

function rank(rule: string): number {
  return FAMILIES.indexOf(rule.charAt(0)) * 1000 + Number(rule.slice(1));
}

function printed({ rule, title, onPeer, examples }: Row): string {
  const shown = examples.slice(0, MOST_EXAMPLES).map(code);
  if (examples.length > shown.length) shown.push(`and ${examples.length - shown.length} more`);
  const tried = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
  return `| ${rule} | ${title}${tried} | ${onPeer.differs} |`;
}

function code(example: string): string {
  return /^[a-z ,\d]+$/i.test(example) ? example : `\`${example.replaceAll('|', '\\|')}\``;
}
