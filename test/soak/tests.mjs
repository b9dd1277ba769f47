/* Runs the tests that are too slow for the test command: `*.soak.test.ts`. npm run test:soak:tests -- [test/e2e/conformance] */
import { runVitest } from '../../scripts/run.mjs';

const isGreen = await runVitest(process.execPath, ['--project', 'soak', '--update=none', ...process.argv.slice(2)]);
process.exitCode = isGreen ? 0 : 1;
