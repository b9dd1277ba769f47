import { expect } from './expect.ts';

/**
 * One test of a contract suite, for any test runner that takes a name and a function:
 * `for (const { name, run } of mailboxContract(subject)) it(name, run)`.
 */
export interface ContractTest {
  readonly name: string;
  /** Rejects if the adapter breaks the promise. */
  readonly run: () => Promise<void>;
}

/** A capability that an adapter may lack, with the reason. */
export type Capability = true | `no: ${string}`;

/** A test that shows the reason for a missing capability, and the promises that are not tested without it. */
export function lackOf(capability: string, reason: Capability, names: readonly string[]): ContractTest {
  return {
    name: `does not have ${capability} (${reason}), so not: ${names.join('; ')}`,
    run: async () => expect(reason).toMatch(/^no: \w.+/),
  };
}
