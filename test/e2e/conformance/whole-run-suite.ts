import { beforeAll, describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { inPool } from '../../../conformance/pool.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { FEW_SETTINGS, ForeignServer } from '../../conformance/mutants/foreign-server.ts';
import { inProcess, type ServerClass } from '../../conformance/mutants/in-process.ts';
import { describeResult } from './results.ts';

const WHOLE_RUNS_AT_ONCE = 3;
/** Long enough for a busy machine. */
const PATIENCE_MS = 6_000;

/** Servers of which only some rules may object, by their behaviour. */
type WholeRuns = Readonly<Record<string, readonly [ServerClass, readonly string[]]>>;

/** Runs all cases on each server, with the settings that it has. */
export function describeWholeRuns(servers: WholeRuns): void {
  describe('all cases, with a server that', () => {
    const found = new Map<string, readonly CaseResult[]>();

    beforeAll(async () => {
      await inPool(WHOLE_RUNS_AT_ONCE, Object.entries(servers), async ([name, [Server]]) => {
        const canSet = (setting: keyof Settings): boolean => Server !== ForeignServer || FEW_SETTINGS.includes(setting);
        found.set(name, await runCases({ cases: ALL_CASES, servers: inProcess(name, Server, PATIENCE_MS, canSet) }));
      });
    }, 300_000);

    it.each(Object.entries(servers))('%s: object for the violated rule only', (name, [, rules]) => {
      const results = found.get(name) ?? [];
      const wrong = results.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'not testable');
      expect(wrong.filter(({ rule }) => !rules.some((one) => one === rule)).map(describeResult)).toEqual([]);
      expect(wrong.length > 0).toBe(rules.length > 0);
      const untested = results.filter(({ verdict }) => verdict === 'not testable').map(({ rule }) => rule);
      if (name.startsWith('serves')) expect(untested).toEqual(['X8']);
      else if (!name.includes('optional')) expect(untested).toEqual([]);
    });
  });
}
