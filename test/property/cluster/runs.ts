import { env } from 'node:process';

/** The number of worlds for each engine. `npm run test:soak:cluster` runs more. */
export const RUNS = Number(env['CLUSTER_RUNS'] ?? 2_000);
/** The test command plays the same worlds in each run, so that it tests the change. The soak plays new worlds. */
export const SAME_WORLDS = env['CLUSTER_RUNS'] === undefined ? { seed: 1 } : {};
/** For one run on a slow machine. The soak runs for hours beside other work. */
const PATIENCE_MS = env['CLUSTER_RUNS'] === undefined ? 300 : 3_000;
const MIN_PATIENCE_MS = 60_000;
export const TIMEOUT = { timeout: MIN_PATIENCE_MS + RUNS * PATIENCE_MS };

export const PROMISE = `each message is delivered at most once, in order, or its sender is notified; ${RUNS} runs`;
