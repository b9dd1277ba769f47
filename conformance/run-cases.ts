import type { Case } from './case.ts';
import { inPool } from './pool.ts';
import type { CaseResult } from './results.ts';
import { runRound, type Errand, type Turn } from './round.ts';
import { untested } from './run-case.ts';
import type { Servers } from './server/servers.ts';
import { SETUPS } from './setups.ts';

/** A run of cases against a server. */
export interface Run {
  readonly cases: readonly Case[];
  readonly servers: Servers;
  /** Told of each result as it comes. */
  readonly onResult?: (result: CaseResult) => void;
}

// Each is a process of its own, and there may be two processors only.
const SERVERS_AT_ONCE = 3;
// Cases wait more than they work.
const CASES_AT_ONCE = 32;

/** Runs every case that the server lets be run. @returns a result for each, in the order of the cases. */
export async function runCases({ cases, servers, onResult }: Run): Promise<CaseResult[]> {
  const results = new Map<string, CaseResult>();
  const report = (result: CaseResult): void => {
    results.set(result.id, result);
    onResult?.(result);
  };
  const errands = plan(cases, servers, report);
  await inPool(SERVERS_AT_ONCE, errands, (errand) => runRound({ ...errand, servers, report, atOnce: CASES_AT_ONCE }));
  return cases.flatMap(({ id }) => results.get(id) ?? []);
}

function plan(cases: readonly Case[], servers: Servers, report: (result: CaseResult) => void): Errand[] {
  const errands = new Map<string, Errand & { turns: Turn[] }>();
  for (const one of cases) {
    const setup = SETUPS[one.needs ?? 'calm'];
    const settled = servers.settle(setup);
    if ('missing' in settled) {
      report(untested(one, settled.missing));
      continue;
    }
    const { settings } = settled;
    const sign = servers.signOf(settings);
    const errand = errands.get(sign) ?? { settings, turns: [] };
    errand.turns.push({ one, settings, waits: setup.waits?.(settings) ?? 0 });
    errands.set(sign, errand);
  }
  return [...errands.values()];
}
