import type { Case } from './case.ts';
import { withoutConsequences } from './consequences.ts';
import { inPool } from './pool.ts';
import type { CaseResult } from './results.ts';
import { runGroup, type CaseGroup, type ScheduledCase } from './run-group.ts';
import { notTestable } from './run-case.ts';
import type { Servers } from './server/servers.ts';
import { SETUPS } from './setups.ts';

/** The cases to run, and the server. */
export interface RunOptions {
  readonly cases: readonly Case[];
  readonly servers: Servers;
  /** Called with each result as soon as it is known, before consequences of other faults are separated. */
  readonly onResult?: (result: CaseResult) => void;
}

// Each server is a separate process; a machine may have only two processors.
const PARALLEL_SERVERS = 3;
// Cases spend most of their time waiting.
const PARALLEL_CASES = 32;

/** Runs all cases that the server's configuration allows. @returns one result per case, in the order of the cases */
export async function runCases({ cases, servers, onResult }: RunOptions): Promise<CaseResult[]> {
  const results = new Map<string, CaseResult>();
  const report = (result: CaseResult): void => {
    results.set(result.id, result);
    onResult?.(result);
  };
  const groups = groupCases(cases, servers, report);
  await inPool(PARALLEL_SERVERS, groups, (group) => runGroup({ ...group, servers, report, atOnce: PARALLEL_CASES }));
  return withoutConsequences(
    cases.flatMap(({ id }) => results.get(id) ?? []),
    servers,
  );
}

function groupCases(cases: readonly Case[], servers: Servers, report: (result: CaseResult) => void): CaseGroup[] {
  const groups = new Map<string, CaseGroup & { cases: ScheduledCase[] }>();
  for (const testCase of cases) {
    const setup = SETUPS[testCase.setup ?? 'long timeouts'];
    const resolved = servers.resolve(setup);
    if ('missing' in resolved) {
      report(notTestable(testCase, resolved.missing));
      continue;
    }
    const { settings } = resolved;
    const key = servers.processKey(settings);
    const group = groups.get(key) ?? { settings, cases: [] };
    group.cases.push({ testCase, settings, extraWait: setup.extraWait?.(settings) ?? 0 });
    groups.set(key, group);
  }
  return [...groups.values()];
}
