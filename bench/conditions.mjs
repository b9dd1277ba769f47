/* The conditions of a run: machine and load. */
import { cpus, platform, release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const SAMPLE_MS = 500;
// In cores; a higher load comes from other processes.
const QUIET = 0.1;

/** @returns the machine, and the load of other processes while the benchmark is idle */
export async function conditionsNow() {
  const [{ model }] = cpus();
  const busyBefore = busyMs();
  await pause(SAMPLE_MS);
  const others = (busyMs() - busyBefore) / SAMPLE_MS;
  const at = new Date().toISOString();
  return { at, node: process.version, cores: cpus().length, cpu: model, kernel: `${platform()} ${release()}`, others };
}

/** @param {Awaited<ReturnType<typeof conditionsNow>>} conditions */
export function conditionLine({ node, cores, cpu, kernel, others }) {
  const line = `Node ${node}, ${cores} × ${cpu}, ${kernel}; other processes use ${others.toFixed(2)} cores`;
  return isQuiet({ others }) ? line : `${line}: THE FIGURES OF THIS RUN ARE NOT RELIABLE`;
}

export function isQuiet({ others }) {
  return others <= QUIET;
}

function busyMs() {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
