import { Fixture } from './fixture.ts';
import { isHealthProblem } from './health-check.ts';
import { TimedOut } from './outcomes.ts';
import { PREMISES, type Premise } from './premises.ts';
import type { CaseResult } from './results.ts';
import { StartFailed, type RunningServer, type Servers } from './server/servers.ts';
import type { Settings } from './settings.ts';
import { SETUPS } from './setups.ts';
import { errorMessage } from './waiting.ts';

/** A single fault of a server seldom violates more rules than these. */
const FEW_RULES = 3;
/** A busy machine must not make a premise wrong. */
const ATTEMPTS = 3;

/**
 * Separates faults from their consequences: if a server violates a rule on which cases of other rules rely, those cases cannot be
 * judged. They become `not testable`, and name the rule.
 */
export async function withoutConsequences(results: readonly CaseResult[], servers: Servers): Promise<CaseResult[]> {
  if (new Set(results.filter(isWrong).map(({ rule }) => rule)).size <= FEW_RULES) return [...results];
  let judged = [...results];
  for (const premise of PREMISES) judged = await applyPremise(premise, judged, servers);
  return judged;
}

async function applyPremise(premise: Premise, results: CaseResult[], servers: Servers): Promise<CaseResult[]> {
  const isViolated = results.some(({ rule, verdict }) => rule === premise.rule && isGrave(verdict));
  const isConsequence = (one: CaseResult): boolean =>
    isWrong(one) && one.rule !== premise.rule && premise.reliedOnBy.test(one.id) && !isHealthProblem(one.why);
  if (!isViolated || !results.some(isConsequence)) return results;
  const why = await violationOf(premise, servers);
  if (why === undefined) return results;
  const reason = `relies on ${premise.rule}, which the server violates: ${why}`;
  return results.map((one) => (isConsequence(one) ? { ...one, verdict: 'not testable', why: reason, transcript: [] } : one));
}

/** The observed violation; undefined if the server behaves as the premise says at least once, or if this machine was too busy. */
async function violationOf({ check, setup = 'long timeouts' }: Premise, servers: Servers): Promise<string | undefined> {
  const resolved = servers.resolve(SETUPS[setup]);
  const server = 'missing' in resolved ? undefined : await startServer(servers, resolved.settings);
  if (server === undefined) return undefined;
  try {
    let why: string | undefined;
    for (let n = 0; n < ATTEMPTS; n++) {
      const fixture = new Fixture(server.profile);
      try {
        await check(fixture);
        return undefined;
      } catch (error) {
        if (error instanceof TimedOut && fixture.isMachineBusy) return undefined;
        why = errorMessage(error);
      } finally {
        await fixture.close();
      }
    }
    return why;
  } finally {
    await server.stop();
  }
}

async function startServer(servers: Servers, settings: Settings): Promise<RunningServer | undefined> {
  try {
    return await servers.start(settings);
  } catch (error) {
    if (error instanceof StartFailed) return undefined;
    throw error;
  }
}

function isWrong({ verdict }: CaseResult): boolean {
  return verdict === 'loose' || isGrave(verdict);
}

function isGrave(verdict: CaseResult['verdict']): boolean {
  return verdict === 'failed' || verdict === 'dangerous';
}
