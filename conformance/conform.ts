import {
  hasFlag,
  requestedDialect,
  readArguments,
  UsageError,
  type ConformArguments,
  type RandomArguments,
} from './arguments.ts';
import { DIALECTS } from './dialects.ts';
import { usage } from './flags.ts';
import type { Io } from './io.ts';
import { Progress } from './report/progress.ts';
import { reportInText } from './report/text.ts';
import type { CaseResult, RunResult } from './results.ts';
import { runCases } from './run-cases.ts';
import { selectCases } from './select-cases.ts';
import { serversFor } from './server/servers-for.ts';
import type { Servers } from './server/servers.ts';
import { VERSION } from './version.ts';
import { checkReports, textSink, writeReports } from './write-reports.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * Implements `signalbox conform`: runs the conformance cases against a server.
 * @param args the arguments after `conform`.
 * @returns the exit code: 0 if no case is failed or dangerous, 1 if one is or no case could be tested, 2 for invalid arguments.
 */
export async function conform(args: readonly string[], io: Io): Promise<number> {
  if (hasFlag('help', args)) {
    io.stdout.write(usage());
    return 0;
  }
  try {
    if (hasFlag('list', args)) {
      for (const { id, title } of DIALECTS[requestedDialect(args)].cases) io.stdout.write(`${id}: ${title}\n`);
      return 0;
    }
    return await run(readArguments(args), io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`signalbox conform: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

async function run(parsed: ConformArguments, io: Io): Promise<number> {
  checkReports(parsed);
  const startedAt = new Date();
  const servers = serversFor(parsed);
  const cases =
    parsed.random === undefined ? await runAll(parsed, servers, io) : await runRandomly(parsed, parsed.random, servers, io);
  const took = Date.now() - startedAt.getTime();
  const named = { suite: 'signalbox conform', format: 1, version: VERSION, server: servers.name } as const;
  const result: RunResult = { ...named, startedAt: startedAt.toISOString(), took, cases };
  writeReports(result, parsed, io);
  if (parsed.random === undefined) textSink(parsed, io).write(reportInText(result));
  return isPassed(cases, parsed.strict) ? 0 : EXIT_FAILED;
}

async function runAll({ dialect, only }: ConformArguments, servers: Servers, io: Io): Promise<readonly CaseResult[]> {
  const cases = selectCases(DIALECTS[dialect].cases, only);
  if (cases.length === 0) throw new UsageError(`--only ${only.join(',')} matches no case; list the cases with --list`);
  const progress = new Progress(io.isTerminal ? io.stderr : undefined, cases.length);
  const results = await runCases({ cases, servers, onResult: (result) => progress.ended(result) });
  progress.clear();
  return results;
}

/** Random runs print their own report. */
async function runRandomly(
  given: ConformArguments,
  random: RandomArguments,
  servers: Servers,
  io: Io,
): Promise<readonly CaseResult[]> {
  const { conformRandomly } = await import('./conform-randomly.ts');
  const result = await conformRandomly(random, servers, given, { ...io, stdout: textSink(given, io) });
  return result?.cases ?? [];
}

function isPassed(results: readonly CaseResult[], strict: boolean): boolean {
  const isWrong = results.some(
    ({ verdict }) => verdict === 'failed' || verdict === 'dangerous' || (strict && verdict === 'loose'),
  );
  return !isWrong && results.some(({ verdict }) => verdict !== 'not testable');
}
