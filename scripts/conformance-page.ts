import type { Case } from '../conformance/case.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  H: 'HTTP',
  O: 'Opening a socket',
  M: 'Messages on an open socket',
  L: 'Liveness and leaving',
  X: 'Legacy clients',
  A: 'Authentication',
  I: 'ICE servers',
};

/** The case list of docs/conformance.md: one table for each rule family. */
export function casesSection(cases: readonly Case[]): string {
  const sections = Object.entries(FAMILIES).map(([letter, name]) => {
    const family = cases.filter(({ rule }) => rule.startsWith(letter));
    return [`### ${name}`, '', HEAD, RULER, ...family.map(row)].join('\n');
  });
  return [`${cases.length} cases.`, ...sections].join('\n\n');
}

const HEAD = '| case | severity | input | expected | `peer` 1.0.2 |';
const RULER = '| --- | --- | --- | --- | --- |';

function row({ id, severity, title, expected, reference }: Case): string {
  return `| ${[`\`${id}\``, severity, cell(title), cell(expected), reference === undefined ? '—' : cell(reference.behaviour)].join(' | ')} |`;
}

/** The cases of another dialect: one table without a reference server. */
export function dialectSection(cases: readonly Case[]): string {
  const rows = cases.map(
    ({ id, severity, title, expected, protocol = '—' }) =>
      `| \`${id}\` | ${severity} | ${protocol} | ${cell(title)} | ${cell(expected)} |`,
  );
  const head = ['| case | severity | version | input | expected |', '| --- | --- | --- | --- | --- |'];
  return [`${cases.length} cases.`, '', ...head, ...rows].join('\n');
}

/** The table of docs/differences-from-peer.md: one row for each rule and deviation of `peer` 1.0.2. */
export function differencesSection(cases: readonly Case[]): string {
  const rows = new Map<string, { readonly first: Case; readonly ids: string[] }>();
  for (const one of cases) {
    if (one.reference === undefined) continue;
    const key = `${one.rule} ${one.reference.behaviour}`;
    const found = rows.get(key) ?? { first: one, ids: [] };
    found.ids.push(`\`${one.id}\``);
    rows.set(key, found);
  }
  const lines = Array.from(rows.values(), ({ first: { rule, title, expected, reference }, ids }) => {
    const more = ids.length > MOST_IDS ? ` and ${ids.length - MOST_IDS} more` : '';
    const shown = ids.slice(0, MOST_IDS).join(', ') + more;
    return `| ${[rule, cell(title), cell(expected), cell(reference?.behaviour ?? ''), shown].join(' | ')} |`;
  });
  return ['| rule | input | Signalbox | `peer` 1.0.2 | cases |', RULER, ...lines].join('\n');
}

const MOST_IDS = 3;

/** Escapes the characters that Markdown tables or browsers interpret. */
function cell(text: string): string {
  return text
    .replaceAll(
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
    .replaceAll(/(?<!`)([_*])/g, '\\$1');
}
