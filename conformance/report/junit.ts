import type { CaseResult, RunResult, TranscriptLine } from '../results.ts';
import { familiesOf, type Family } from './rule-families.ts';

/**
 * A run as JUnit XML, with one suite for each rule family. Verdicts map as follows: failed is a failure, dangerous an error, not
 * testable skipped; loose passes with a note.
 */
export function reportInJunit({ server, startedAt, took, cases }: RunResult): string {
  const suites = familiesOf(cases).map((family) => suite(family, server, startedAt));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    openingTag('testsuites', { name: server, ...counts(cases), time: seconds(took) }),
  ]
    .concat(suites, '</testsuites>', '')
    .join('\n');
}

function suite({ letters, name, members }: Family<CaseResult>, server: string, startedAt: string): string {
  const time = seconds(members.reduce((sum, { took }) => sum + took, 0));
  const attributes = { name: `${letters} ${name}`.trim(), ...counts(members), time, timestamp: startedAt };
  return [openingTag('testsuite', attributes), ...members.map((one) => testcase(one, server)), '</testsuite>'].join('\n');
}

function testcase(one: CaseResult, server: string): string {
  const attributes = { classname: `${server}.${one.rule}`, name: `${one.id}: ${one.title}`, time: seconds(one.took) };
  const outcome = outcomeOf(one);
  if (outcome === '') return openingTag('testcase', attributes).replace(/>$/, '/>');
  return `${openingTag('testcase', attributes)}${outcome}</testcase>`;
}

function outcomeOf(one: CaseResult): string {
  const message = one.why ?? '';
  switch (one.verdict) {
    case 'ok':
      return '';
    case 'loose':
      return `<system-out>${escaped(`loose: ${message}\n${failureText(one)}`)}</system-out>`;
    case 'failed':
      return `${openingTag('failure', { message, type: one.severity })}${escaped(failureText(one))}</failure>`;
    case 'dangerous':
      return `${openingTag('error', { message, type: 'dangerous' })}${escaped(failureText(one))}</error>`;
    case 'not testable':
      return openingTag('skipped', { message }).replace(/>$/, '/>');
  }
}

function failureText({ expected, why, reference, transcript }: CaseResult): string {
  const seen = why === undefined ? [] : [`seen: ${why}`];
  const known = reference === undefined ? [] : [`peer 1.0.2: ${reference}`];
  return [`expected: ${expected}`, ...seen, ...known, ...transcript.map(lineOf)].join('\n');
}

function lineOf({ at, who, how, what }: TranscriptLine): string {
  return `${String(at).padStart(6)} ms  ${who} ${how} ${what}`;
}

function counts(cases: readonly CaseResult[]): Record<string, string> {
  const count = (wanted: CaseResult['verdict']): string => String(cases.filter(({ verdict }) => verdict === wanted).length);
  return { tests: String(cases.length), failures: count('failed'), errors: count('dangerous'), skipped: count('not testable') };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function openingTag(name: string, attributes: Readonly<Record<string, string>>): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${quoted(value)}"`);
  return `<${name}${written.join('')}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
/** Characters that XML 1.0 cannot represent or discourages. */
const UNWRITABLE =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** An XML parser normalizes line feeds and tabs in attributes to spaces. */
function quoted(text: string): string {
  return escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

function escaped(text: string): string {
  return text
    .replaceAll(UNWRITABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}
