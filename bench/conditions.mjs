/* Under which conditions figures are made. */
import { cpus, loadavg, platform, release } from 'node:os';

// Of the last minute; above it somebody else is at work.
const QUIET_LOAD = 0.7;

export function conditionsNow() {
  const [{ model }] = cpus();
  const [load] = loadavg();
  const at = new Date().toISOString();
  return { at, node: process.version, cores: cpus().length, cpu: model, kernel: `${platform()} ${release()}`, load };
}

/** @param {ReturnType<typeof conditionsNow>} conditions */
export function conditionLines({ node, cores, cpu, kernel, load }) {
  const lines = [`Node ${node}, ${cores} × ${cpu}, ${kernel}, load ${load.toFixed(1)}`];
  if (load > QUIET_LOAD) lines.push('The machine is not quiet: trust no figure of this run.');
  return lines;
}
