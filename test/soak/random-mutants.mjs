/*
 * Measures how many of the servers with one fault, which the cases detect, random runs detect too. Writes the table into
 * docs/conformance.md. Takes about 20 minutes. npm run test:soak:random -- [--runs 40] [--seed 7] [--at-once 8]
 */
import { runBundled } from './run-bundled.mjs';

process.exitCode = await runBundled('random-mutants');
