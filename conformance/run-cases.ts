import type { Case } from './case.ts';
import { inPool } from './pool.ts';
import type { CaseResult } from './results.ts';
import { runGroup, type CaseGroup, type ScheduledCase } from './run-group.ts';
import { notTestable } from './run-case.ts';
import type { Servers } from './server/servers.ts';
import { SETUPS } from './setups.ts';

/** A run of cases against a server. */
export interface RunOptions {
  readonly cases: readonly Case[];
  readonly servers: Servers;
  /** Told of each result as it comes. */
  readonly onResult?: (result: CaseResult) => void;
}

// Each is a process of its own, and there may be two processors only.
const PARALLEL_SERVERS = 3;
// Cases wait more than they work.
const PARALLEL_CASES = 32;

/** Runs every case that the server lets be run. @returns a result for each, in the order of the cases. */
export async function runCases({ cases, servers, onResult }: RunOptions): Promise<CaseResult[]> {
  const results = new Map<string, CaseResult>();
  const report = (result: CaseResult): void => {
    results.set(result.id, result);
    onResult?.(result);
  };
  const errands = groupCases(cases, servers, report);
  await inPool(PARALLEL_SERVERS, errands, (errand) => runGroup({ ...errand, servers, report, atOnce: PARALLEL_CASES }));
  return cases.flatMap(({ id }) => results.get(id) ?? []);
}

function groupCases(cases: readonly Case[], servers: Servers, report: (result: CaseResult) => void): CaseGroup[] {
  const errands = new Map<string, CaseGroup & { cases: ScheduledCase[] }>();
  for (const testCase of cases) {
    const setup = SETUPS[testCase.setup ?? 'calm'];
    const settled = servers.resolve(setup);
    if ('missing' in settled) {
      report(notTestable(testCase, settled.missing));
      continue;
    }
    const { settings } = settled;
    const sign = servers.processKey(settings);
    const errand = errands.get(sign) ?? { settings, cases: [] };
    errand.cases.push({ testCase, settings, extraWait: setup.extraWait?.(settings) ?? 0 });
    errands.set(sign, errand);
  }
  return [...errands.values()];
}
