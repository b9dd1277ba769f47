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
import { asCase, formatOutcome, type Outcome } from './random-report.ts';
import type { RandomResult } from './random-result.ts';
import { readReplay } from './replay.ts';
import { drawOptionsFor } from './draw-options.ts';
import { parallelRunsFor, type RunContext } from './run-context.ts';
import type { Step } from './steps.ts';

/** What is asked of random runs. Only `server` must be said. */
export interface RandomOptions {
  /**
   * Where the server is, how long to wait for what should come (`patience`), and how the server is set: `settings` go over
   * the limits that `expectations` bring. Every key in `settings.key` is a realm that is played with.
   */
  readonly server: Profile;
  /** How many lists of steps are played, 1 to 10,000; it ends with the first that breaks a promise. 30. */
  readonly runs?: number | undefined;
  /** 0 to 2^31 − 1. The same seed gives the same steps, in the same order, for a server that is set alike. Random. */
  readonly seed?: number | undefined;
  /** Steps, or a file with steps, as a finding prints them. They are played once, instead of random ones. */
  readonly replay?: string | undefined;
  /** What the server is held to. `compatible`. */
  readonly expectations?: ExpectationsName | undefined;
  /** Limits that `settings` have no name for; they go over all others. */
  readonly limits?: Partial<Limits> | undefined;
  /** For a server that is far away or slow: what is not said is 20 ms early, 3 s late, half a second of jitter. */
  readonly tolerance?: Partial<Tolerance> | undefined;
  /** The most steps of a run. 50. */
  readonly maxSteps?: number | undefined;
  /** Timeouts that are longer than this are not waited for. 3 s. */
  readonly longestWait?: Millis | undefined;
  /** How many runs are under way at the same time. 4; one where the server lets few peers in. */
  readonly atOnce?: number | undefined;
  /** How long to look for fewer steps that break the same promise. 30 s; 0 for not at all. */
  readonly shrinkFor?: Millis | undefined;
  /** Starts the server again where it has died, so that the steps can still be made fewer. */
  readonly restart?: (() => Promise<Profile>) | undefined;
}

const DEFAULT_RUNS = 30;
/** All of them are drawn before the first is played. */
const MAX_RUNS = 10_000;
const DEFAULT_STEPS = 50;
const DEFAULT_LONGEST_WAIT_MS = 3_000;
const DEFAULT_PARALLEL_RUNS = 4;
const DEFAULT_SHRINK_MS = 30_000;
const SEEDS = 2 ** 31;

/**
 * Lets peers do to a server what they like, at random, and judges after each step what is seen by the model that the
 * property tests use. What breaks a promise is played again with fewer and simpler steps, and printed.
 * @throws UsageError where `replay` or `runs` can't be used.
 */
export async function runRandom(options: RandomOptions, io: Io): Promise<RandomResult> {
  const startedAt = performance.now();
  const steps = options.replay === undefined ? undefined : readReplay(options.replay);
  const seed = steps === undefined ? (options.seed ?? randomInt(SEEDS)) : undefined;
  const stage = contextOf(options);
  const lists = steps === undefined ? draw(stage, options, seed ?? 0) : [steps];
  const unreachable = await findUnreachable(stage);
  const played = unreachable === undefined ? await playAll(lists, stage, io) : [];
  const [broken, ...others] = played.filter(hasViolation);
  const shrinkFor = steps === undefined ? (options.shrinkFor ?? DEFAULT_SHRINK_MS) : 0;
  if (broken !== undefined) showProgress(io, 'a promise was broken; looking for fewer steps that break it');
  const means = { shrinkFor, restart: options.restart };
  const finding = broken === undefined ? undefined : await investigate([broken, ...others], stage, means);
  showProgress(io, '');
  const outcome: Outcome = {
    outcome: unreachable !== undefined ? 'unreachable' : finding === undefined ? 'kept' : 'broken',
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
  const usual = EXPECTATIONS[options.expectations ?? 'compatible'];
  const expected: Expectations = {
    ...usual,
    limits: { ...limitsFrom(server.settings, usual.limits), ...options.limits },
    tolerance: { ...usual.tolerance, ...options.tolerance },
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
  stage: RunContext,
  { runs = DEFAULT_RUNS, maxSteps = DEFAULT_STEPS }: RandomOptions,
  seed: number,
): readonly Step[][] {
  if (runs < 1 || runs > MAX_RUNS) throw new UsageError(`--random must be from 1 to ${MAX_RUNS}, not ${runs}`);
  return fc.sample(stepLists(drawOptionsFor(stage, maxSteps)), { seed, numRuns: runs });
}

/** Those that were played, in their order. None begins after one has broken a promise. */
async function playAll(lists: readonly (readonly Step[])[], stage: RunContext, io: Io): Promise<readonly PlayedRun[]> {
  const played: (PlayedRun | undefined)[] = [];
  let ended = 0;
  let isOver = false;
  await inPool(stage.atOnce, [...lists.entries()], async ([at, steps]) => {
    if (isOver) return;
    const one = await play(steps, stage);
    isOver ||= hasViolation(one);
    played[at] = one;
    showProgress(io, `random run ${++ended} of ${lists.length}`);
  });
  return played.filter((one) => one !== undefined);
}

const ERASE_LINE = '\r\u001b[K';

/** A line that the next one is written over. */
function showProgress({ stderr, isTerminal }: Io, text: string): void {
  if (isTerminal) stderr.write(ERASE_LINE + text);
}
