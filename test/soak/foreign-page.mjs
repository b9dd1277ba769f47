/* The generated part of docs/conformance-servers.md. */
import { behaviourOf } from './foreign-behaviours.mjs';

const VERDICTS = ['ok', 'loose', 'failed', 'dangerous', 'not testable'];
/** Later ones are worse. */
const WRONG = ['loose', 'failed', 'dangerous'];

/** @param measured results of `signalbox conform --json` with the name of the server. @throws Error for unexplained verdicts */
export function pageSection(measured) {
  return [
    table(['server', ...VERDICTS], measured.map(countsOf)),
    '## By rule',
    'Each cell has the worst verdict of the rule, and the number of cases with a wrong verdict; `–` means not testable.',
    table(['rule', ...measured.map(({ name }) => name)], rows(measured)),
    '## Failed verdicts',
    ...measured.flatMap(explained),
  ].join('\n\n');
}

function countsOf({ name, cases }) {
  return [name, ...VERDICTS.map((verdict) => cases.filter((one) => one.verdict === verdict).length)];
}

function rows(measured) {
  const rules = [...new Set(measured.flatMap(({ cases }) => cases.map(({ rule }) => rule)))];
  return rules.map((rule) => [rule, ...measured.map(({ cases }) => cell(cases.filter((one) => one.rule === rule)))]);
}

function cell(cases) {
  const wrong = cases.filter(({ verdict }) => WRONG.includes(verdict));
  const worst = WRONG.findLast((verdict) => wrong.some((one) => one.verdict === verdict));
  if (worst !== undefined) return `${wrong.length} ${worst}`;
  return cases.some(({ verdict }) => verdict === 'ok') ? 'ok' : '–';
}

/** One row for each rule and behaviour. */
function explained({ name, cases }) {
  const found = new Map();
  for (const one of cases) {
    if (one.verdict !== 'failed' && one.verdict !== 'dangerous') continue;
    const key = [one.rule, one.verdict, behaviourOf(name, one)].join(' | ');
    found.set(key, [...(found.get(key) ?? []), `\`${one.id}\``]);
  }
  if (found.size === 0) return [`### ${name}`, 'No verdict is failed or dangerous.'];
  const lines = [...found].map(([key, ids]) => [...key.split(' | '), ids.join(', ')]);
  return [`### ${name}`, table(['rule', 'verdict', 'behaviour', 'cases'], lines)];
}

function table(head, lines) {
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
