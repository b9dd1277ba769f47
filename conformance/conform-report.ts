import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Io } from './io.ts';
import { reportInHtml } from './report/html.ts';
import { InvalidResult, readResult } from './report/read-result.ts';
import type { RunResult } from './results.ts';
import { errorMessage } from './waiting.ts';

const EXIT_USAGE = 2;

const USAGE = `Usage: signalbox conform-report RESULT.json … --html FILE [--title TEXT]

Makes one page of what signalbox conform --json has written: a summary of each server, and a matrix of cases and servers
whose cells open to what was expected and seen. The page is complete in itself, and fetches nothing.

Options
  --html FILE     writes the page there, - for stdout
  --title TEXT    what the page is called; the servers where it is not told
  --help, -h      prints this, and ends

Ends with 0 where the page is written, with 2 where it can't be.
`;

/** What can't be done, in one line. */
class UsageError extends Error {}

/**
 * `signalbox conform-report`: merges results into one page.
 * @param args behind the word `conform-report`.
 * @returns the exit code: 0 where the page is written, 2 where it can't be.
 */
export async function conformReport(args: readonly string[], io: Io): Promise<number> {
  try {
    const { files, page, title, help } = readArguments(args);
    if (help) {
      io.stdout.write(USAGE);
      return 0;
    }
    if (files.length === 0) throw new UsageError('needs at least one result; see signalbox conform-report --help');
    if (page === undefined) throw new UsageError('needs --html FILE');
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
    throw new UsageError(`${file} can't be read: ${errorMessage(error)}`);
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
    throw new UsageError(`${file} can't be written: ${errorMessage(error)}`);
  }
}
