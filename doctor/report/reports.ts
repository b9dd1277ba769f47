import { visible, visibleLines } from '../../src/domain/visible-text.ts';
import type { Finding } from '../findings.ts';
import { STEPS } from '../verdicts/verdict.ts';

const MARKS = { good: 'good    ', doubtful: 'DOUBTFUL', bad: 'BAD     ', skipped: 'skipped ' } as const;
const INDENT = ' '.repeat(15);

/** The report for people: one line for each finding, and for a fault its effect and its remedy. */
export function reportInText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ step, state, is, effect, remedy, setting, link }) => [
    `${step.padEnd(4)} ${MARKS[state]}  ${is}`,
    ...(state === 'bad' || state === 'doubtful' ? details({ effect, remedy, setting, link }) : []),
  ]);
  // A server may have sent parts of the texts.
  return `${[...lines.map((line) => visible(line)), '', summary(findings)].join('\n')}\n`;
}

function details({ effect, remedy, setting, link }: Pick<Finding, 'effect' | 'remedy' | 'setting' | 'link'>): string[] {
  const names = setting === undefined ? '' : ` [${setting}]`;
  const page = link === undefined ? '' : ` See docs/${link}.`;
  return [`${INDENT}${effect}`, `${INDENT}${remedy}${names}${page}`];
}

function summary(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  return `${count('good')} good, ${count('doubtful')} doubtful, ${count('bad')} bad, ${count('skipped')} skipped`;
}

/** The report for programs. It has no address of a client. */
export function reportInJson(url: URL, findings: readonly Finding[]): string {
  const report = { suite: 'signalbox doctor', format: 1, url: withoutSecrets(url), findings };
  return `${visibleLines(JSON.stringify(report, undefined, 2))}\n`;
}

/** The report for CI systems: a bad finding is a failure, a doubtful one too if `isStrict`. */
export function reportInJunit(url: URL, findings: readonly Finding[], isStrict: boolean): string {
  const isFailure = ({ state }: Finding): boolean => state === 'bad' || (isStrict && state === 'doubtful');
  const counts = {
    tests: findings.length,
    failures: findings.filter(isFailure).length,
    skipped: findings.filter(({ state }) => state === 'skipped').length,
  };
  const cases = findings.map((one) => `  ${testCase(one, isFailure(one))}`);
  const attributes = Object.entries(counts).map(([name, count]) => `${name}="${count}"`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="signalbox doctor ${escaped(withoutSecrets(url))}" ${attributes.join(' ')}>`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

function testCase({ step, state, verdict, is, effect, remedy }: Finding, isFailure: boolean): string {
  const head = `<testcase classname="${step} ${escaped(STEPS[step])}" name="${escaped(verdict)}"`;
  if (isFailure) return `${head}><failure message="${escaped(is)}">${escaped(`${effect} ${remedy}`)}</failure></testcase>`;
  if (state === 'skipped') return `${head}><skipped message="${escaped(is)}"/></testcase>`;
  return `${head}><system-out>${escaped([is, effect, remedy].join(' ').trim())}</system-out></testcase>`;
}

function withoutSecrets(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

/** Characters that XML forbids, or that a reader would obey, become U+FFFD. */
function escaped(text: string): string {
  return visible(text, () => '\ufffd')
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
