import fc from 'fast-check';
import { it } from 'vitest';
import { linkedWorlds } from './cluster/worlds.ts';

/** `npm run test:soak:cluster -- --links` runs more. */
const RUNS = 200;
const PATIENCE_MS = 2_000;
const PROMISE = 'each message is delivered at most once, in order, or its sender is notified';

it.each(['Redis', 'NATS'] as const)(
  `M1 M13 M14 M17 O4 O5 O11: in a cluster on %s with links that break, fall silent, are slow or refused, ${PROMISE}`,
  { timeout: RUNS * PATIENCE_MS },
  async (engine) => {
    await fc.assert(linkedWorlds(engine), { numRuns: RUNS });
  },
);
