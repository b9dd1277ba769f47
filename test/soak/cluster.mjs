/*
 * Runs the property of the cluster with many random lists of faults, 100,000 for each engine by default. A failure prints its
 * seed and its steps. npm run test:soak:cluster -- [--runs 100000] [--engine Redis] [--engine NATS] [--seed 1] [--links]
 */
import { runBundled } from './run-bundled.mjs';

process.exitCode = await runBundled('cluster-worlds');
