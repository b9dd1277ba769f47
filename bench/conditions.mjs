/* Under which conditions figures are made. */
import { cpus, platform, release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 500;
// In cores; above it somebody else is at work.
const QUIET = 0.1;

/** @returns what the machine is, and what others do there while we do nothing */
export async function conditionsNow() {
  const [{ model }] = cpus();
  const busyBefore = busyMs();
  await pause(LOOK_MS);
  const others = (busyMs() - busyBefore) / LOOK_MS;
  const at = new Date().toISOString();
  return { at, node: process.version, cores: cpus().length, cpu: model, kernel: `${platform()} ${release()}`, others };
}

/** @param {Awaited<ReturnType<typeof conditionsNow>>} conditions */
export function conditionLine({ node, cores, cpu, kernel, others }) {
  const line = `Node ${node}, ${cores} × ${cpu}, ${kernel}; others use ${others.toFixed(2)} cores`;
  return isQuiet({ others }) ? line : `${line}: TRUST NO FIGURE OF THIS RUN`;
}

export function isQuiet({ others }) {
  return others <= QUIET;
}

function busyMs() {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
