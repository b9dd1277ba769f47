import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { within } from '../../support/e2e/until.ts';

/** Seconds for each property; a longer search is asked for with FUZZ_SECONDS, the same one with FUZZ_SEED. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? '3');

/** Looks for a counterexample for a while; what it finds is printed with its seed. */
export async function search<T>(
  inputs: fc.Arbitrary<T>,
  before: () => Promise<void>,
  holds: (input: T) => Promise<void>,
): Promise<void> {
  const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
  // The first value may take seconds, because tables of Unicode are built for it; they are no part of the search's time.
  fc.sample(inputs, { seed, numRuns: 1 });
  let last = { input: undefined as T | undefined, outcome: Promise.resolve() };
  const property = fc.asyncProperty(inputs, (input) => {
    last = { input, outcome: within(20_000, 'the property to be checked', holds(input)) };
    return last.outcome;
  });
  await fc.assert(property.beforeEach(before), { seed, numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1_000 });
  // The time was up in the midst of a try, and its outcome counts: whoever is deaf now takes longer to be found out.
  await last.outcome.catch((cause: unknown) => {
    throw new Error(`the last try failed; seed ${seed}, input ${fc.stringify(last.input)}`, { cause });
  });
}
