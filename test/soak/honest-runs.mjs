/*
 * Runs all cases many times on servers that conform to the rules, and lists every verdict that is wrong. Fails if there is one.
 * Takes about a minute for each run of a server. npm run test:soak:honest -- [--runs 100] [--only conforming] [--only uws]
 */
import { runBundled } from './run-bundled.mjs';

process.exitCode = await runBundled('honest-runs');
