/*
 * Runs the property tests of the cluster with many random lists of faults. A failure prints its seed and its steps.
 * npm run test:soak:cluster -- [--runs 100000]
 */
import { parseArgs } from 'node:util';
import { runVitest } from '../../scripts/run.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' } } });
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`--runs is ${values.runs}; it must be a number from 1`);
const test = [
  '--project',
  'property',
  'test/property/cluster.redis.property.test.ts',
  'test/property/cluster.nats.property.test.ts',
];
const isGreen = await runVitest(process.execPath, test, { CLUSTER_RUNS: String(runs) });
process.exitCode = isGreen ? 0 : 1;
