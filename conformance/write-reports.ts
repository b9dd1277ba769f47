import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError, type ConformArguments } from './arguments.ts';
import type { Io, Sink } from './io.ts';
import { reportInHtml } from './report/html.ts';
import { reportInJunit } from './report/junit.ts';
import { causesOf } from './report/causes.ts';
import { reportAsBadge } from './report/badge.ts';
import type { CauseResult, RunResult } from './results.ts';

/** The report files; `-` is stdout. */
export type Reports = Pick<ConformArguments, 'json' | 'junit' | 'report' | 'badge' | 'saveReplay'>;

const STDOUT = '-';

/** Verifies before the run that the files can be written. @throws UsageError */
export function checkReports(reports: Reports): void {
  const files = filesOf(reports);
  if (files.filter(([, file]) => file === STDOUT).length > 1) {
    throw new UsageError('only one of --json, --junit, --report, --badge and --save-replay can be - (stdout)');
  }
  for (const [flag, file] of files) {
    if (file === STDOUT) continue;
    try {
      accessSync(dirname(file), constants.W_OK);
    } catch {
      throw new UsageError(`cannot write ${flag} '${file}': the folder does not exist or is not writable`);
    }
    if (isFolder(file)) throw new UsageError(`${flag} '${file}' is a folder; use the name of a file`);
  }
}

/** The stream for the text report: stdout, or stderr if another report uses stdout. */
export function textSink(reports: Reports, io: Io): Sink {
  return filesOf(reports).some(([, file]) => file === STDOUT) ? io.stderr : io.stdout;
}

/** Writes the requested report files. */
export function writeReports(result: RunResult, reports: Reports, io: Io): void {
  const { json, junit, report, badge } = reports;
  writeReport(json, () => `${JSON.stringify({ ...result, causes: causeResults(result) }, undefined, 2)}\n`, io);
  writeReport(junit, () => reportInJunit(result), io);
  writeReport(report, () => reportInHtml([result]), io);
  writeReport(badge, () => reportAsBadge(result, badge ?? ''), io);
}

/** Writes one file. @param file undefined: none. */
export function writeReport(file: string | undefined, text: () => string, io: Io): void {
  if (file === STDOUT) io.stdout.write(text());
  else if (file !== undefined) writeFileSync(file, text());
}

function causeResults({ cases }: RunResult): CauseResult[] {
  return causesOf(cases).map(({ cause, verdict, cases: members }) => ({ cause, verdict, cases: members.map(({ id }) => id) }));
}

function filesOf({ json, junit, report, badge, saveReplay }: Reports): (readonly [flag: string, file: string])[] {
  const files = [
    ['--json', json],
    ['--junit', junit],
    ['--report', report],
    ['--badge', badge],
    ['--save-replay', saveReplay],
  ] as const;
  return files.flatMap(([flag, file]) => (file === undefined ? [] : [[flag, file] as const]));
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
