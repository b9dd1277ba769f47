import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Millis } from '../../src/domain/time.ts';
import { UsageError } from '../arguments.ts';
import type { Io } from '../io.ts';
import { inPool } from '../pool.ts';
import type { Profile } from '../profile.ts';
import { stepLists } from './draw-steps.ts';
import { EXPECTATIONS, type Expectations, type ExpectationsName, type Tolerance } from './expectations.ts';
import { investigate, hasViolation, findUnreachable } from './investigate.ts';
import { limitsFrom, type Limits } from './limits.ts';
import { play, type PlayedRun } from './play.ts';
import { playAgainAfterPause } from './play-again.ts';
import { asCase, formatOutcome, type Outcome } from './random-report.ts';
import type { RandomResult } from './random-result.ts';
import { readReplay } from './replay.ts';
import { drawOptionsFor } from './draw-options.ts';
import { parallelRunsFor, type RunContext } from './run-context.ts';
import type { Step } from './steps.ts';

/** Options of random runs; only `server` is required. */
export interface RandomOptions {
  /**
   * The address of the server, the `patience` and the configuration: `settings` override the limits of `expectations`. Each key
   * in `settings.key` is a realm.
   */
  readonly server: Profile;
  /** The number of step lists, 1 to 10,000; the default is 30. The run ends at the first violation. */
  readonly runs?: number | undefined;
  /** 0 to 2^31 − 1; the default is random. The same seed generates the same steps for the same configuration. */
  readonly seed?: number | undefined;
  /** Steps, or a file with steps, as printed for a violation. They are played once instead of random steps. */
  readonly replay?: string | undefined;
  /** The default is `compatible`. */
  readonly expectations?: ExpectationsName | undefined;
  /** Limits without a setting; they override all others. */
  readonly limits?: Partial<Limits> | undefined;
  /** For a remote or slow server. The defaults are 20 ms early, 3 s late and 0.5 s jitter. */
  readonly tolerance?: Partial<Tolerance> | undefined;
  /** The maximum number of steps per run; the default is 50. */
  readonly maxSteps?: number | undefined;
  /** Longer timeouts are not awaited; the default is 3 s. */
  readonly longestWait?: Millis | undefined;
  /** The number of parallel runs; the default is 4, or 1 if the server has a low concurrent limit. */
  readonly atOnce?: number | undefined;
  /** Time limit for reducing the steps; the default is 30 s, 0 disables the reduction. */
  readonly shrinkFor?: Millis | undefined;
  /** Restarts a crashed server, so that the steps can be reduced. */
  readonly restart?: (() => Promise<Profile>) | undefined;
}

const DEFAULT_RUNS = 30;
/** All lists are generated before the first one is played. */
const MAX_RUNS = 10_000;
const DEFAULT_STEPS = 50;
const DEFAULT_LONGEST_WAIT_MS = 3_000;
const DEFAULT_PARALLEL_RUNS = 4;
const DEFAULT_SHRINK_MS = 30_000;
const SEEDS = 2 ** 31;

/**
 * Plays random steps against a server, and verifies the observations after each step with the model of the property tests. The
 * steps of a violation are reduced, replayed and printed.
 * @throws UsageError if `replay` or `runs` is invalid.
 */
export async function runRandom(options: RandomOptions, io: Io): Promise<RandomResult> {
  const startedAt = performance.now();
  const steps = options.replay === undefined ? undefined : readReplay(options.replay);
  const seed = steps === undefined ? (options.seed ?? randomInt(SEEDS)) : undefined;
  const context = contextOf(options);
  const lists = steps === undefined ? draw(context, options, seed ?? 0) : [steps];
  const unreachable = await findUnreachable(context);
  const played = unreachable === undefined ? await playAll(lists, context, io) : [];
  const [broken, ...others] = played.filter(hasViolation);
  const shrinkFor = steps === undefined ? (options.shrinkFor ?? DEFAULT_SHRINK_MS) : 0;
  if (broken !== undefined) showProgress(io, 'a rule was violated; reducing the steps');
  const investigation = { shrinkFor, restart: options.restart };
  const finding = broken === undefined ? undefined : await investigate([broken, ...others], context, investigation);
  showProgress(io, '');
  const outcome: Outcome = {
    outcome: unreachable !== undefined ? 'unreachable' : finding === undefined ? 'passed' : 'violated',
    seed,
    runs: played.length,
    steps: played.reduce((sum, one) => sum + one.steps.length, 0),
    finding,
    unreachable,
    took: performance.now() - startedAt,
  };
  const report = formatOutcome(outcome);
  io.stdout.write(report);
  return { ...outcome, report, cases: [asCase(outcome)] };
}

function contextOf(options: RandomOptions): RunContext {
  const { server, longestWait = DEFAULT_LONGEST_WAIT_MS, atOnce = DEFAULT_PARALLEL_RUNS } = options;
  const defaults = EXPECTATIONS[options.expectations ?? 'compatible'];
  const expected: Expectations = {
    ...defaults,
    limits: { ...limitsFrom(server.settings, defaults.limits), ...options.limits },
    tolerance: { ...defaults.tolerance, ...options.tolerance },
  };
  const keys = server.settings.key ?? [];
  return {
    server,
    keys: keys.length === 0 ? [server.key] : keys,
    expected,
    longestWait,
    atOnce: parallelRunsFor(expected, atOnce),
  };
}

function draw(
  context: RunContext,
  { runs = DEFAULT_RUNS, maxSteps = DEFAULT_STEPS }: RandomOptions,
  seed: number,
): readonly Step[][] {
  if (runs < 1 || runs > MAX_RUNS) throw new UsageError(`--random must be from 1 to ${MAX_RUNS}, not ${runs}`);
  return fc.sample(stepLists(drawOptionsFor(context, maxSteps)), { seed, numRuns: runs });
}

/** @returns the played runs in their order. After a violation no new run starts. */
async function playAll(lists: readonly (readonly Step[])[], context: RunContext, io: Io): Promise<readonly PlayedRun[]> {
  const played: (PlayedRun | undefined)[] = [];
  let ended = 0;
  let isOver = false;
  await inPool(context.atOnce, [...lists.entries()], async ([at, steps]) => {
    if (isOver) return;
    const one = await playAgainAfterPause(() => play(steps, context));
    isOver ||= hasViolation(one);
    played[at] = one;
    showProgress(io, `random run ${++ended} of ${lists.length}`);
  });
  return played.filter((one) => one !== undefined);
}

const ERASE_LINE = '\r\u001b[K';

/** Writes a line that the next one overwrites. */
function showProgress({ stderr, isTerminal }: Io, text: string): void {
  if (isTerminal) stderr.write(ERASE_LINE + text);
}
