import type { Log } from '../application/ports/log.ts';
import type { Engine } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { engines } from './adapter-registry.ts';

/** What this node shares with others; undefined where it is alone. @throws ListenError where the engine does not answer. */
export async function makeEngine(config: Config, log: Log): Promise<Engine | undefined> {
  const { cluster } = config;
  if (cluster === undefined) return undefined;
  return /^(?:nats|tls):/.test(cluster) ? engines.nats(cluster, config, log) : engines.redis(cluster, config, log);
}
