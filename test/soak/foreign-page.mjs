/* The generated part of docs/conformance-servers.md. */
import { behaviourOf } from './foreign-behaviours.mjs';

const VERDICTS = ['ok', 'loose', 'failed', 'dangerous', 'not testable'];
/** Later ones are worse. */
const WRONG = ['loose', 'failed', 'dangerous'];

/**
 * @param measured results of `signalbox conform --json` with the name of the server.
 * @throws Error that lists the unexplained verdicts
 */
export function pageSection(measured) {
  const unexplained = measured.flatMap(unexplainedOf);
  if (unexplained.length > 0) {
    throw new Error(['Add entries to foreign-behaviours.mjs for these verdicts:', ...unexplained].join('\n'));
  }
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

/** The cases whose verdict needs an explanation. */
function seriousOf({ cases }) {
  return cases.filter(({ verdict }) => verdict === 'failed' || verdict === 'dangerous');
}

function unexplainedOf(server) {
  return seriousOf(server)
    .filter((one) => behaviourOf(server.name, one) === undefined)
    .map(({ id, verdict, why }) => `${server.name}: ${id} is ${verdict}: ${why}`);
}

/** One row for each rule and behaviour. */
function explained(server) {
  const { name } = server;
  const found = new Map();
  for (const one of seriousOf(server)) {
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
