import type { Case } from './case.ts';
import { judgeError, judgeReturn, type Judgement } from './judge.ts';
import type { Profile } from './profile.ts';
import type { CaseResult, TranscriptLine } from './results.ts';
import { Scene } from './scene.ts';
import { SETUPS } from './setups.ts';
import { within } from './waiting.ts';

/** In patiences: more than any case needs, and an end where one hangs. */
const LONGEST_CASE = 12;

/** Runs one case against a server. */
export async function runCase(one: Case, server: Profile): Promise<CaseResult> {
  const scene = new Scene(server);
  if (SETUPS[one.needs ?? 'calm'].isAboutSilence !== true) scene.keepsAlive();
  const startedAt = performance.now();
  const judgement = await judged(one, scene);
  const took = Math.round(performance.now() - startedAt);
  const { lines } = scene.transcript;
  scene.end();
  return resultOf(one, judgement, took, lines);
}

/** What stands in a report for a case that could not be run. */
export function untested(one: Case, why: string): CaseResult {
  return resultOf(one, { verdict: 'not testable', why }, 0, []);
}

async function judged(one: Case, scene: Scene): Promise<Judgement> {
  try {
    return judgeReturn(await within(LONGEST_CASE * scene.patience, 'the case to end', one.run(scene)));
  } catch (error) {
    return judgeError(error, one.severity);
  }
}

function resultOf(one: Case, { verdict, why }: Judgement, took: number, transcript: readonly TranscriptLine[]): CaseResult {
  const { id, rule, title, severity, expected, reference } = one;
  return {
    ...{ id, rule, title, severity, verdict, expected },
    ...(reference === undefined ? {} : { reference: reference.does }),
    ...(why === undefined ? {} : { why }),
    took,
    transcript: verdict === 'ok' ? [] : transcript,
  };
}
