import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { conform } from '../../../conformance/conform.ts';
import type { CaseResult, RunResult, Verdict } from '../../../conformance/results.ts';
import { sectionOf, withSection } from '../../architecture/drawings.ts';
import { ROOT } from '../../architecture/tree.ts';
import { LOOPBACK, PEER_CLI, SIGNALBOX_CLI } from '../../support/e2e/server-kinds.ts';

const PAGE = join(ROOT, 'docs/conformance.md');
const VERDICTS: readonly Verdict[] = ['ok', 'loose', 'failed', 'dangerous', 'not testable'];
/** Slow responses of a busy machine are not failures. */
const PATIENCE_MS = 10_000;

export const PEER_COMMAND = `"${process.execPath}" ${PEER_CLI} --port {port} --host ${LOOPBACK} {options}`;

export function signalboxCommand(transport: 'uws' | 'node'): string {
  return `"${process.execPath}" ${SIGNALBOX_CLI} --port {port} --host ${LOOPBACK} --transport ${transport} {options}`;
}

/** Runs the suite like its command. */
export async function runSuite(...flags: string[]): Promise<{ code: number; result: RunResult }> {
  let written = '';
  const stdout = { write: (text: string) => (written += text) };
  const patience = flags.includes('--patience') ? [] : ['--patience', String(PATIENCE_MS)];
  const code = await conform([...flags, ...patience, '--json', '-'], {
    stdout,
    stderr: { write: () => true },
    isTerminal: false,
  });
  return { code, result: JSON.parse(written) as RunResult };
}

/** The cases that are not ok, as text. */
export function notOk({ cases }: RunResult): string[] {
  return cases.filter(({ verdict }) => verdict !== 'ok').map(({ id, verdict, why }) => `${verdict} ${id}: ${why}`);
}

/** Verifies that the published result is up to date (otherwise: npm run docs). */
export function expectPublished(section: string, text: string): void {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), section, text));
  expect(sectionOf(readFileSync(PAGE, 'utf8'), section)).toBe(text);
}

/** A table with the count of each verdict. */
export function countsTable(server: string, cases: readonly CaseResult[]): string {
  const counts = VERDICTS.map((verdict) => cases.filter((one) => one.verdict === verdict).length);
  return [
    `| ${server} | ${VERDICTS.join(' | ')} |`,
    '| --- | --- | --- | --- | --- | --- |',
    `| cases | ${counts.join(' | ')} |`,
  ].join('\n');
}
