/*
 * Runs all cases on every server with one fault. Fails if a fault is not detected in its rule, or shows itself in more than two
 * other rules that are not listed. Takes an hour on a quiet machine. npm run test:soak:mutants -- [--at-once 2] [--only EXPIRE]
 */
import { runBundled } from './run-bundled.mjs';

process.exitCode = await runBundled('whole-mutants');
