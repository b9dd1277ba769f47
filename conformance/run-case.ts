import type { Case } from './case.ts';
import { judgeError, judgeReturn, type Judgement } from './judge.ts';
import type { Profile } from './profile.ts';
import type { CaseResult, TranscriptLine } from './results.ts';
import { Fixture } from './fixture.ts';
import { SETUPS } from './setups.ts';
import { withTimeout } from './waiting.ts';

/** The time limit of a case, as a multiple of the patience. */
const MAX_CASE_PATIENCES = 12;

/** Runs one case against a server. */
export async function runCase(one: Case, server: Profile): Promise<CaseResult> {
  const scene = new Fixture(server);
  if (SETUPS[one.setup ?? 'long timeouts'].isAboutLiveness !== true) scene.keepAlive();
  const startedAt = performance.now();
  const judgement = await judgeCase(one, scene);
  const took = Math.round(performance.now() - startedAt);
  const { lines } = scene.transcript;
  scene.close();
  return resultOf(one, judgement, took, lines);
}

/** The result of a case that could not run. */
export function notTestable(one: Case, why: string): CaseResult {
  return resultOf(one, { verdict: 'not testable', why }, 0, []);
}

async function judgeCase(one: Case, scene: Fixture): Promise<Judgement> {
  try {
    return judgeReturn(await withTimeout(MAX_CASE_PATIENCES * scene.patience, 'the case to end', one.run(scene)));
  } catch (error) {
    return judgeError(error, one.severity);
  }
}

function resultOf(one: Case, { verdict, why }: Judgement, took: number, transcript: readonly TranscriptLine[]): CaseResult {
  const { id, rule, title, severity, expected, reference } = one;
  return {
    ...{ id, rule, title, severity, verdict, expected },
    ...(reference === undefined ? {} : { reference: reference.behaviour }),
    ...(why === undefined ? {} : { why }),
    took,
    transcript: verdict === 'ok' ? [] : transcript,
  };
}
