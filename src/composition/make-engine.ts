import type { Log } from '../application/ports/log.ts';
import type { Engine } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { engines } from './adapter-registry.ts';

/** The engine of the option `cluster`; undefined for a single node. @throws ListenError when the engine does not respond. */
export async function makeEngine(config: Config, log: Log): Promise<Engine | undefined> {
  const { cluster } = config;
  if (cluster === undefined) return undefined;
  return /^(?:nats|tls):/.test(cluster) ? engines.nats(cluster, config, log) : engines.redis(cluster, config, log);
}
