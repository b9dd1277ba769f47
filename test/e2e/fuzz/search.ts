import fc from 'fast-check';
import { within } from '../../support/e2e/until.ts';
import { SEED as seed } from '../../support/fuzz-seed.ts';

/** Seconds for each property. FUZZ_SECONDS sets a longer search. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? '2');

/** The search has time for as many tries like the first. */
const TRIES = 5;

/** Searches for a counterexample for a limited time, and prints it with its seed. */
export async function search<T>(
  inputs: fc.Arbitrary<T>,
  before: () => Promise<void>,
  holds: (input: T) => Promise<void>,
): Promise<void> {
  // The first value may take seconds, because Unicode tables are built; that time is not part of the search.
  fc.sample(inputs, { seed, numRuns: 1 });
  let last = { input: undefined as T | undefined, outcome: Promise.resolve() };
  const property = fc.asyncProperty(inputs, (input) => {
    last = { input, outcome: within(60_000, 'the property to be checked', holds(input)) };
    return last.outcome;
  });
  property.beforeEach(before);
  // On a busy machine, a single try may take longer than the search, which must make at least one.
  const startedAt = performance.now();
  await fc.assert(property, { seed, numRuns: 1 });
  const interruptAfterTimeLimit = Math.max(SECONDS * 1_000, TRIES * (performance.now() - startedAt));
  await fc.assert(property, { seed, numRuns: 1_000_000, interruptAfterTimeLimit });
  // The time ended during a try, and the outcome of that try counts: a connection that no longer responds is detected late.
  await last.outcome.catch((cause: unknown) => {
    throw new Error(`the last try failed; seed ${seed}, input ${fc.stringify(last.input)}`, { cause });
  });
}
