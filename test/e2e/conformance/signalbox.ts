import { it, expect } from 'vitest';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const MINUTE = 60_000;

/** Verifies that every case is ok on a transport. */
export function signalboxConforms(transport: 'uws' | 'node', name: string): void {
  it(`Signalbox on ${transport} passes every case`, { timeout: 2 * MINUTE }, async () => {
    const { code, result } = await runSuite('--command', signalboxCommand(transport), '--flavour', 'signalbox', '--strict');
    expect(notOk(result)).toEqual([]);
    expect(code).toBe(0);
    expectPublished(`signalbox-${transport}`, countsTable(name, result.cases));
  });
}
