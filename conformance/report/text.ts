import { causesOf, type Cause } from './causes.ts';
import { protocolsOf } from './protocols.ts';
import type { CaseResult, RunResult, TranscriptLine, Verdict } from '../results.ts';

const VERDICTS: readonly Verdict[] = ['ok', 'loose', 'failed', 'dangerous', 'not testable'];
const MAX_LINE_CHARACTERS = 160;
const TRANSCRIPT_LINES = 12;
const MAX_NAMES = 8;

/** The count of each verdict, in a fixed order: `12 ok, 1 loose, 0 failed, 0 dangerous, 3 not testable`. */
function formatCounts(results: readonly CaseResult[]): string {
  return VERDICTS.map((verdict) => `${results.filter((one) => one.verdict === verdict).length} ${verdict}`).join(', ');
}

/** The text report: the causes of wrong verdicts, the worst first; then untestable cases; then the counts. */
export function reportInText({ server, took, cases }: RunResult): string {
  const untestable = cases.filter(({ verdict }) => verdict === 'not testable');
  const sections = [...causesOf(cases).map(causeEntry), ...reasons(untestable)];
  const protocols = protocolsOf(cases).map((statement) => `${server}: ${statement}\n`);
  const counts = `${server}: ${formatCounts(cases)}, in ${(took / 1000).toFixed(1)} s\n`;
  return [...sections, protocols.join('') + counts].join('\n');
}

/** A cause of several cases has a heading with all of them, and the details of the worst one. */
function causeEntry({ cause, verdict, cases }: Cause): string {
  const [worst] = cases;
  if (worst === undefined) return '';
  if (cases.length === 1) return entry(worst);
  const heading = [`${verdict.toUpperCase()}, ${cases.length} cases: ${cause}`, `  ${named(cases.map(({ id }) => id))}`];
  return `${heading.map((line) => cut(line)).join('\n')}\n${entry(worst)}`;
}

function entry({ verdict, id, title, expected, reference, why, transcript }: CaseResult): string {
  const lines = [`${verdict.toUpperCase()} ${id}: ${title}`, `  expected: ${expected}`];
  if (why !== undefined) lines.push(`  seen: ${why}`);
  if (reference !== undefined) lines.push(`  peer 1.0.2: ${reference}`);
  if (verdict !== 'loose') lines.push(...lastOf(transcript));
  return `${lines.map((line) => cut(line)).join('\n')}\n`;
}

function lastOf(transcript: readonly TranscriptLine[]): string[] {
  const shown = transcript.slice(-TRANSCRIPT_LINES);
  const left = transcript.length - shown.length;
  const lines = shown.map(
    ({ at, who, how, what }) => `    ${String(at).padStart(6)} ms  ${who} ${how} ${what.replaceAll('\n', ' | ')}`,
  );
  return left === 0 ? lines : [`    ${left} earlier lines`, ...lines];
}

/** Groups cases by their unmet requirement. */
function reasons(untestable: readonly CaseResult[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, why = '' } of untestable) byReason.set(why, [...(byReason.get(why) ?? []), id]);
  return Array.from(byReason, ([why, ids]) => `NOT TESTABLE, ${why}\n  ${named(ids)}\n`);
}

function named(ids: readonly string[]): string {
  const left = ids.length - MAX_NAMES;
  return left > 1 ? `${ids.slice(0, MAX_NAMES).join(', ')} and ${left} more` : ids.join(', ');
}

function cut(line: string): string {
  const printable = line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
  return printable.length > MAX_LINE_CHARACTERS ? `${printable.slice(0, MAX_LINE_CHARACTERS)}…` : printable;
}
