import { readArguments, UsageError } from './arguments.ts';
import { exitCodeOf } from './findings.ts';
import { reportInJson, reportInJunit, reportInText } from './report/reports.ts';
import { runSteps } from './run.ts';
import { usage } from './usage.ts';

const EXIT_USAGE = 3;

interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The command `signalbox doctor`. @returns its exit code. */
export async function doctor(args: readonly string[], io: Io): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(usage());
    return 0;
  }
  try {
    const { target, json, junit, isStrict } = readArguments(args);
    if (!json && !junit && target.idle > 0) io.stderr.write(`The test of an idle socket takes ${target.idle} s (--idle).\n`);
    const findings = await runSteps(target);
    if (json) io.stdout.write(reportInJson(target.url, findings));
    else io.stdout.write(junit ? reportInJunit(target.url, findings, isStrict) : reportInText(findings));
    return exitCodeOf(findings, isStrict);
  } catch (error) {
    const text = error instanceof UsageError ? error.message : `internal error: ${(error as Error).stack ?? String(error)}`;
    io.stderr.write(`signalbox doctor: ${text}\n`);
    return EXIT_USAGE;
  }
}
