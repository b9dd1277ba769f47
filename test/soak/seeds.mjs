/*
 * Runs the tests that draw values on new seeds, ten by default, and the end-to-end fuzz tests for 20 seconds for each property. A
 * failure prints its seed. npm run test:soak:seeds -- [--runs 10] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { runVitest } from '../../scripts/run.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, seed: { type: 'string', default: String(Date.now() % 2 ** 31) } },
});
const SECONDS = '20';
const RUNS = [
  ['--project', 'unit', '--project', 'contracts', '--project', 'property'],
  ['--project', 'e2e', 'test/e2e/fuzz', 'test/e2e/dialects'],
];
const failed = [];
const [runs, firstSeed] = [Number(values.runs), Number(values.seed)];
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`--runs is ${values.runs}; it must be a number from 1`);
if (!Number.isSafeInteger(firstSeed)) throw new Error(`--seed is ${values.seed}; it must be a whole number`);

for (let n = 0; n < runs; n++) {
  const seed = firstSeed + n;
  console.log(`\n── seed ${seed}, ${n + 1} of ${runs}`);
  for (const args of RUNS) {
    const environment = { FUZZ_SEED: String(seed), FUZZ_SECONDS: SECONDS };
    const isGreen = await runVitest(process.execPath, [...args, `--testTimeout=${300_000}`], environment);
    if (!isGreen) failed.push(`FUZZ_SEED=${seed} npx vitest run ${args.join(' ')}`);
  }
}
console.log(failed.length === 0 ? `\n${runs} seeds: all tests pass` : `\nfailed:\n${failed.join('\n')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
