import type { CaseResult, RunResult, TranscriptLine } from '../results.ts';
import { MOST_SEVERE_FIRST, WORST_FIRST } from './verdicts.ts';

/** The text is not a result of the suite. The message is a verb phrase: `is not JSON`. */
export class InvalidResult extends Error {
  override readonly name = 'ForeignResult';
}

/** Parses the output of `signalbox conform --json`; ignores unknown members. @throws InvalidResult */
export function readResult(text: string): RunResult {
  const run = members(parsed(text), 'the whole');
  const { suite, format, cases } = run;
  if (suite !== 'signalbox conform') throw new InvalidResult('is not a result of signalbox conform');
  if (format !== 1) throw new InvalidResult(`has the unsupported format ${shown(format)}; only format 1 is supported`);
  return {
    suite,
    format,
    version: textIn(run, 'version', 'the whole'),
    server: textIn(run, 'server', 'the whole'),
    startedAt: textIn(run, 'startedAt', 'the whole'),
    took: numberIn(run, 'took', 'the whole'),
    cases: listed(cases, 'cases').map(readCase),
  };
}

function readCase(value: unknown, n: number): CaseResult {
  const where = `cases[${n}]`;
  const one = members(value, where);
  return {
    id: textIn(one, 'id', where),
    rule: textIn(one, 'rule', where),
    title: textIn(one, 'title', where),
    severity: oneOf(MOST_SEVERE_FIRST, one['severity'], `${where}.severity`),
    verdict: oneOf(WORST_FIRST, one['verdict'], `${where}.verdict`),
    expected: textIn(one, 'expected', where),
    ...(one['reference'] === undefined ? {} : { reference: textIn(one, 'reference', where) }),
    ...(one['protocol'] === undefined ? {} : { protocol: textIn(one, 'protocol', where) }),
    ...(one['why'] === undefined ? {} : { why: textIn(one, 'why', where) }),
    took: numberIn(one, 'took', where),
    transcript: listed(one['transcript'], `${where}.transcript`).map((line, i) => readLine(line, `${where}.transcript[${i}]`)),
  };
}

function readLine(value: unknown, where: string): TranscriptLine {
  const line = members(value, where);
  return {
    at: numberIn(line, 'at', where),
    who: textIn(line, 'who', where),
    how: oneOf(['sent', 'heard', 'noted'] as const, line['how'], `${where}.how`),
    what: textIn(line, 'what', where),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidResult('is not JSON');
  }
}

function members(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidResult(`has no object at ${where}`);
}

function listed(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidResult(`has no list at ${where}`);
}

function textIn(from: Readonly<Record<string, unknown>>, name: string, where: string): string {
  const value = from[name];
  if (typeof value === 'string') return value;
  throw new InvalidResult(`has no string at ${where === 'the whole' ? name : `${where}.${name}`}`);
}

function numberIn(from: Readonly<Record<string, unknown>>, name: string, where: string): number {
  const value = from[name];
  if (typeof value === 'number') return value;
  throw new InvalidResult(`has no number at ${where === 'the whole' ? name : `${where}.${name}`}`);
}

function oneOf<T extends string>(known: readonly T[], value: unknown, where: string): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InvalidResult(`has ${shown(value)} at ${where}; allowed are ${known.join(', ')}`);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
