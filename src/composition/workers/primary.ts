import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { SystemClock } from '../../adapters/clocks/system.ts';
import type { Result } from '../../domain/result.ts';
import type { Config, ConfigProblem, Resolved } from '../configuration/config.ts';
import { makeLog } from '../make-log.ts';
import { exitOnFault, exitOnStartError, printError } from '../process-ends.ts';
import { fitting, reloadFrom } from '../reload.ts';
import { handleSignals } from '../signals.ts';
import { makeHub } from './make-hub.ts';
import { reservePort } from './reserve-port.ts';
import { WorkerPool, WorkerStartError } from './worker-pool.ts';

export interface PrimaryParts {
  readonly workers: number;
  /** The arguments of the command line. */
  readonly argv: readonly string[];
  /** The files of the options, as they were read for the configuration. */
  readonly files: Readonly<Record<string, string>>;
  /** Reads all options again. @param files receives the texts of the files. */
  readonly readOptions: (files: Record<string, string>) => Result<Resolved, readonly ConfigProblem[]>;
}

/** Time for a worker to close its connections and to flush its log, beside the times of the drain. */
const STOP_GRACE_MS = 5_000;
/** Of the pings to workers, or `cluster_lease` if that is longer: a worker whose lease is valid is not replaced. */
const PING_INTERVAL_MS = 5_000;
const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Serves with several processes. This process has no connections of clients: it starts the workers, and holds the state that
 * they share, unless they are nodes of a cluster.
 */
export async function serveWithWorkers(config: Config, { workers, argv, files, readOptions }: PrimaryParts): Promise<void> {
  const log = makeLog(config);
  exitOnFault(log);
  try {
    const port = await reservePort(config);
    cluster.setupPrimary({ exec: WORKER, args: [...argv], serialization: 'advanced' });
    const pool = new WorkerPool({
      ...{ fork: () => cluster.fork().process, count: workers, port, files, log },
      hub: config.cluster === undefined ? makeHub(config) : undefined,
      pingInterval: Math.max(PING_INTERVAL_MS, config.clusterLease),
      clock: new SystemClock(),
      stopTimeout: config.drainTimeout + config.drainSpread + STOP_GRACE_MS,
    });
    handleSignals(pool, log, () => {
      const latest: Record<string, string> = {};
      const read = fitting(readOptions(latest), config);
      for (const warning of reloadFrom(read, config, log)) printError(warning);
      if (read.ok) pool.reload(latest);
    });
    await startOrExit(pool);
  } catch (error) {
    exitOnStartError(error);
  }
}

async function startOrExit(pool: WorkerPool): Promise<void> {
  try {
    await pool.listen();
  } catch (error) {
    pool.terminate();
    if (!(error instanceof WorkerStartError)) throw error;
    process.exit(error.exitCode);
  }
}
