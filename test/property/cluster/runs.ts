/** The number of worlds for each engine: four times as many as find every fault. `npm run test:soak:cluster` runs more. */
export const RUNS = 800;
/** For one world on a slow machine. */
const PATIENCE_MS = 1_000;
export const TIMEOUT = { timeout: RUNS * PATIENCE_MS };

export const PROMISE = `each message is delivered at most once, in order, or its sender is notified; ${RUNS} runs`;
