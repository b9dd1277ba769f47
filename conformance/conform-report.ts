import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Io } from './io.ts';
import { reportInHtml } from './report/html.ts';
import { InvalidResult, readResult } from './report/read-result.ts';
import type { RunResult } from './results.ts';
import { errorMessage } from './waiting.ts';

const EXIT_USAGE = 2;

const USAGE = `Usage: signalbox conform-report RESULT.json … --html FILE [--title TEXT]

Merges results of signalbox conform --json into one HTML page: a summary of each server, and a matrix of cases and servers.
Each cell opens the details of the case. The page is self-contained and fetches nothing.

Options
  --html FILE     output file; - is stdout
  --title TEXT    title of the page [names of the servers]
  --help, -h      prints this help and exits

Exit codes: 0 if the page was written, otherwise 2.
`;

/** An error that is reported in one line. */
class UsageError extends Error {}

/**
 * Implements `signalbox conform-report`: merges results into one page.
 * @param args the arguments after `conform-report`.
 * @returns the exit code: 0 if the page was written, otherwise 2.
 */
export async function conformReport(args: readonly string[], io: Io): Promise<number> {
  try {
    const { files, page, title, help } = readArguments(args);
    if (help) {
      io.stdout.write(USAGE);
      return 0;
    }
    if (files.length === 0) throw new UsageError('at least one result file is required; see signalbox conform-report --help');
    if (page === undefined) throw new UsageError('--html FILE is required; use - for stdout');
    const markup = reportInHtml(files.map(readResultFile), title);
    if (page === '-') io.stdout.write(markup);
    else writePage(page, markup);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`signalbox conform-report: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

interface ReportArguments {
  readonly files: readonly string[];
  readonly page: string | undefined;
  readonly title: string | undefined;
  readonly help: boolean;
}

function readArguments(args: readonly string[]): ReportArguments {
  const options = { html: { type: 'string' }, title: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { files: positionals, page: values.html, title: values.title, help: values.help ?? false };
  } catch (error) {
    throw new UsageError(errorMessage(error));
  }
}

function readResultFile(file: string): RunResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${errorMessage(error)}`);
  }
  try {
    return readResult(text);
  } catch (error) {
    if (error instanceof InvalidResult) throw new UsageError(`${file} ${error.message}`);
    throw error;
  }
}

function writePage(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${errorMessage(error)}`);
  }
}
