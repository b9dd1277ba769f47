import { runsOf } from '../../support/fuzz-seed.ts';

/**
 * The number of worlds for each engine: twice as many as find every fault, and four times as many in `npm run test:soak:seeds`.
 * `npm run test:soak:cluster` runs more.
 */
export const RUNS = runsOf(400, 800);
/** For one world on a slow machine. */
const PATIENCE_MS = 1_000;
export const TIMEOUT = { timeout: RUNS * PATIENCE_MS };

export const PROMISE = `each message is delivered at most once, in order, or its sender is notified; ${RUNS} runs`;
