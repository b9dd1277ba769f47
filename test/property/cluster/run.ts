import type { CreateEngine, SimulatedClusterOptions } from './cluster-options.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import type { Step } from './steps.ts';

export interface Run extends SimulatedClusterOptions {
  readonly createEngine: CreateEngine;
  readonly steps: readonly Step[];
  readonly end?: (cluster: SimulatedCluster) => Promise<void>;
}

/** Runs the steps on a cluster of three nodes. @throws an Error with the violated guarantee and the steps before it. */
export async function runCluster({ createEngine, steps, end = (cluster) => cluster.finish(), ...options }: Run): Promise<void> {
  // A turn of the event loop between two runs lets the process free memory and handle signals.
  await new Promise((breathe) => setImmediate(breathe));
  const cluster = await SimulatedCluster.start(createEngine, options);
  const done: string[] = [];
  try {
    for (const { text, act } of steps) {
      done.push(text);
      await act(cluster);
    }
    await end(cluster);
  } catch (error) {
    throw new Error(`${String(error)}\nafter:\n${done.map((text, n) => `${n + 1}. ${text}`).join('\n')}`, { cause: error });
  }
}
