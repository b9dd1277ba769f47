import { randomInt } from 'node:crypto';

const { FUZZ_SEED: given = '1' } = process.env;

/**
 * The seed of all generated values. The test command draws the same ones in each run, so that it tests the change. FUZZ_SEED
 * repeats another run; `random` draws a new seed. `npm run test:soak:seeds` runs the tests on many seeds.
 */
export const SEED = given === 'random' ? randomInt(2 ** 31) : Number(given);
