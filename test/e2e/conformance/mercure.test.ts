import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingHub } from '../../conformance/topics/conforming-hub.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const { cases } = DIALECTS.mercure;
const MINUTES = 180_000;

describe('the Mercure cases', () => {
  it('pass a conforming hub', { timeout: MINUTES }, async () => {
    const results = await runCases({ cases, servers: inProcess('conforming', ConformingHub) });
    expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.each(['uws', 'node'] as const)('pass Signalbox on %s', { timeout: MINUTES }, async (transport) => {
    const command = signalboxCommand(transport);
    const { code, result } = await runSuite('--dialect', 'mercure', '--command', command, '--flavour', 'signalbox', '--strict');
    expect(notOk(result)).toEqual([]);
    expect(code).toBe(0);
    expectPublished(`mercure-${transport}`, countsTable(`Signalbox, \`${transport}\``, result.cases));
  });
});
