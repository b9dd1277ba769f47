import { describe, it } from 'vitest';
import type { ContractTest } from '../../src/contracts/contract-test.ts';

/** Runs a contract suite of `@signalbox/broker/contracts` with vitest. */
export function describeContract(name: string, tests: readonly ContractTest[]): void {
  describe(name, () => {
    for (const { name: title, run } of tests) it(title, run);
  });
}

/** The names of the tests that fail. */
export async function failuresOf(tests: readonly ContractTest[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of tests) await run().catch(() => failed.push(name));
  return failed;
}
