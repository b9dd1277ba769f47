/* The generator process, which runs all peers. It runs one scenario at a time, and exits with its parent. */
import { performance } from 'node:perf_hooks';
import { Faults } from '../check/faults.mjs';
import { cpuNanoseconds } from './cpu.mjs';
import { churn, cycle } from './scenarios/churn.mjs';
import { fill } from './scenarios/idle.mjs';
import { latency } from './scenarios/latency.mjs';
import { pairTimes, startPair, stopPair } from './scenarios/pair.mjs';
import { publish } from './scenarios/publish.mjs';
import { register } from './scenarios/register.mjs';
import { relay } from './scenarios/relay.mjs';
import { assemble, storm } from './scenarios/storm.mjs';

const SCENARIOS = { relay, latency, register, churn, cycle, fill, assemble, storm, startPair, pairTimes, stopPair, publish };

const faults = new Faults();

process.on('message', async ({ scenario, options }) => {
  const startedAt = performance.now();
  const cpuBefore = cpuNanoseconds('self');
  try {
    const result = await SCENARIOS[scenario](options, faults);
    const cores = (cpuNanoseconds('self') - cpuBefore) / 1e6 / (performance.now() - startedAt);
    process.send?.({ result, cores, faults: faults.all() });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.stack : String(error), faults: faults.all() });
  }
});

process.on('disconnect', () => process.exit());
