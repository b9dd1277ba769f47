import type { Case } from './case.ts';
import { Inconclusive, TimedOut } from './outcomes.ts';
import { judgeError, judgeReturn, type Judgement } from './judge.ts';
import type { Profile } from './profile.ts';
import type { CaseResult, TranscriptLine } from './results.ts';
import { Fixture } from './fixture.ts';
import { SETUPS } from './setups.ts';
import { withTimeout } from './waiting.ts';

/** The time limit of a case, as a multiple of the patience. */
const MAX_CASE_PATIENCES = 12;

/** A case is repeated this many times, while the machine is too slow for a verdict. */
const MAX_REPEATS = 10;

/**
 * Runs one case against a server. A case about time that is not ok is repeated if the machine itself was late (see
 * `Setup.maxDelay`), because a busy machine must not make a server wrong.
 */
export async function runCase(one: Case, server: Profile): Promise<CaseResult> {
  for (let repeats = 0; ; repeats++) {
    const { result, excuse } = await attemptCase(one, server);
    if (excuse === undefined) return result;
    if (repeats === MAX_REPEATS) return { ...result, verdict: 'not testable', why: excuse };
  }
}

/** A result, and the reason why the machine was too slow for it. */
interface Attempt {
  readonly result: CaseResult;
  readonly excuse: string | undefined;
}

async function attemptCase(one: Case, server: Profile): Promise<Attempt> {
  const fixture = new Fixture(server);
  const setup = SETUPS[one.setup ?? 'long timeouts'];
  if (setup.isAboutLiveness !== true) fixture.keepAlive();
  const startedAt = performance.now();
  const { judgement, excuse, isTimedOut } = await judgeCase(one, fixture);
  const took = Math.round(performance.now() - startedAt);
  const { lines } = fixture.transcript;
  const { machineDelay: delay, isMachineBusy: isBusy } = fixture;
  await fixture.close();
  const bound = setup.maxDelay?.(server.settings) ?? Infinity;
  const isLate = isTimedOut ? isBusy : delay > bound;
  const isExcused = isLate && (judgement.verdict === 'failed' || judgement.verdict === 'loose');
  const acceptable = isTimedOut ? '' : `, at most ${bound} ms are acceptable`;
  const tooLate = `the machine was busy: its timers were up to ${delay} ms late${acceptable}`;
  return {
    result: resultOf(one, judgement, took, lines),
    excuse: excuse ?? (isExcused ? `${tooLate} (${judgement.why})` : undefined),
  };
}

/** The result of a case that could not run. */
export function notTestable(one: Case, why: string): CaseResult {
  return resultOf(one, { verdict: 'not testable', why }, 0, []);
}

interface Judged {
  readonly judgement: Judgement;
  readonly excuse?: string;
  /** True if an expected event did not arrive. */
  readonly isTimedOut: boolean;
}

async function judgeCase(one: Case, scene: Fixture): Promise<Judged> {
  try {
    const outcome = await withTimeout(MAX_CASE_PATIENCES * scene.patience, 'the case to end', one.run(scene));
    return { judgement: judgeReturn(outcome), isTimedOut: false };
  } catch (error) {
    const judgement = judgeError(error, one.severity);
    const isTimedOut = error instanceof TimedOut;
    return error instanceof Inconclusive ? { judgement, isTimedOut, excuse: error.message } : { judgement, isTimedOut };
  }
}

function resultOf(one: Case, { verdict, why }: Judgement, took: number, transcript: readonly TranscriptLine[]): CaseResult {
  const { id, rule, title, severity, expected, reference, protocol } = one;
  return {
    ...{ id, rule, title, severity, verdict, expected },
    ...(reference === undefined ? {} : { reference: reference.behaviour }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(why === undefined ? {} : { why }),
    took,
    transcript: verdict === 'ok' ? [] : transcript,
  };
}
