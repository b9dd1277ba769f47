import { setTimeout as wait } from 'node:timers/promises';
import { readTopArguments, TopUsageError, type TopArguments } from './arguments.ts';
import { fetchOverview, OverviewError } from './fetch-overview.ts';
import { screenLines, type ScreenSize } from './screen.ts';

const DONE = 0;
const FAILED = 1;
const INVALID_USAGE = 2;
const SECOND_MS = 1_000;

/** The alternate screen without a cursor, so that the text before it returns at the end. */
const OPEN_SCREEN = '\u001B[?1049h\u001B[?25l';
const CLOSE_SCREEN = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const CLEAR_LINE_END = '\u001B[K';
const CLEAR_SCREEN_END = '\u001B[J';

const USAGE = `Usage: signalbox top [flags]

Shows the nodes and realms of a broker or a cluster, once a second, until Ctrl-C. It reads the admin listener of one broker, which
answers for all. If the output is no terminal, it prints one snapshot.

  --admin <address>    the admin listener: address and port, URL, or unix:/path; default: SIGNALBOX_ADMIN, else 127.0.0.1:9001
  --token <secret>     the viewer or admin token; default: SIGNALBOX_ADMIN_VIEWER_TOKEN, else SIGNALBOX_ADMIN_TOKEN
  --interval <seconds> time between two readings [1]
  --json               prints one snapshot as JSON

It exits with 0 after a snapshot, 1 if the listener gives none, and 2 for invalid arguments.
`;

interface Outputs {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The terminal of the process, and how long the command runs. */
export interface TopSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined if the standard output is no terminal. */
  readonly screenSize: (() => ScreenSize) | undefined;
  /** Ends the display. In a process, a signal ends it by `exit`. */
  readonly signal?: AbortSignal;
  /** @param restore called when the process exits. */
  readonly onExit: (restore: () => void) => void;
}

/** The command for a terminal. @returns its exit code. */
export function top(args: readonly string[], io: Outputs): Promise<number> {
  const { stdout } = process;
  return runTop(args, io, {
    env: process.env,
    screenSize: stdout.isTTY ? () => ({ columns: stdout.columns, rows: stdout.rows }) : undefined,
    onExit: (restore) => void process.once('exit', restore),
  });
}

/** The same with a terminal from outside. */
export async function runTop(
  args: readonly string[],
  { stdout, stderr }: Outputs,
  surroundings: TopSurroundings,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    stdout.write(USAGE);
    return DONE;
  }
  const report = (error: Error): void => void stderr.write(`signalbox top: ${error.message}\n`);
  try {
    const read = readTopArguments(args, surroundings.env);
    if (read.json || surroundings.screenSize === undefined) await printSnapshot(read, stdout);
    else await showScreen(read, stdout, surroundings, surroundings.screenSize);
    return DONE;
  } catch (error) {
    if (!(error instanceof TopUsageError || error instanceof OverviewError)) throw error;
    report(error);
    return error instanceof TopUsageError ? INVALID_USAGE : FAILED;
  }
}

async function printSnapshot({ target, token, json }: TopArguments, stdout: Outputs['stdout']): Promise<void> {
  const { overview, text } = await fetchOverview(target, token);
  stdout.write(json ? `${text}\n` : `${screenLines(overview, undefined).join('\n')}\n`);
}

/** The first reading must succeed; later failures are shown until the listener answers again. */
async function showScreen(
  { target, token, interval }: TopArguments,
  stdout: Outputs['stdout'],
  { signal, onExit }: TopSurroundings,
  screenSize: () => ScreenSize,
): Promise<void> {
  let { overview } = await fetchOverview(target, token);
  let problem: string | undefined;
  let isOpen = true;
  const restore = (): void => {
    if (isOpen) stdout.write(CLOSE_SCREEN);
    isOpen = false;
  };
  onExit(restore);
  stdout.write(OPEN_SCREEN);
  while (signal?.aborted !== true) {
    const size = screenSize();
    const lines = screenLines(overview, size);
    if (problem !== undefined) lines.unshift(problem.slice(0, size.columns));
    const shown = lines.slice(0, Math.max(1, size.rows - 1)).map((line) => `${line}${CLEAR_LINE_END}\n`);
    stdout.write(`${HOME}${shown.join('')}${CLEAR_SCREEN_END}`);
    await wait(interval * SECOND_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    try {
      ({ overview } = await fetchOverview(target, token));
      problem = undefined;
    } catch (error) {
      if (!(error instanceof OverviewError)) throw error;
      problem = error.message;
    }
  }
  restore();
}
