import { readFileSync } from 'node:fs';
import { addressOf } from '../adapters/engines/shared/engine-connection.ts';
import type { Log } from '../application/ports/log.ts';
import type { Config } from './configuration/config.ts';
import type { DialectName } from './configuration/dialect-options.ts';

const MAX_REALMS = 20;

/** Logs the configuration in effect, without secrets, and warns when the open-file limit is below `max_connections`. */
export function logConfiguration(config: Config, log: Log, openFiles = openFileLimit()): void {
  const { keys, profile, proxied, cors, cluster, maxConnections, maxConnectionsPerAddress, aliveTimeout } = config;
  const realms = keys.length > MAX_REALMS ? [...keys.slice(0, MAX_REALMS), `and ${keys.length - MAX_REALMS} more`] : keys;
  log.record({
    event: 'in-effect',
    dialects: Object.fromEntries(config.dialects.map((name) => [name, PATHS[name](config)])),
    realms,
    profile,
    proxied: typeof proxied === 'object' ? proxied.join(' ') : String(proxied),
    origins: cors.length === 0 ? 'any' : cors.join(' '),
    engine: cluster === undefined ? undefined : addressOf(cluster),
    ...{ maxConnections, maxConnectionsPerAddress, aliveTimeout, openFiles },
  });
  if (openFiles !== undefined && maxConnections + RESERVED_FILES > openFiles) {
    log.record({ event: 'open-files-short', maxConnections, openFiles });
  }
}

/** Files that a broker opens beside connections: libraries, the log, the engine. */
const RESERVED_FILES = 64;

const PATHS: Readonly<Record<DialectName, (config: Config) => string>> = {
  peerjs: ({ path }) => path,
  centrifuge: ({ centrifugePath }) => centrifugePath,
  supabase: ({ supabasePath }) => `${supabasePath}/websocket`,
  mqtt: ({ mqttPath }) => mqttPath,
  mercure: ({ mercurePath }) => mercurePath,
  nats: ({ natsPath }) => natsPath,
  peero: ({ peeroPath }) => peeroPath,
  relay: ({ relayPath }) => relayPath,
  socketio: ({ socketioPath }) => socketioPath,
};

/** The open-file limit of this process; undefined when it is unknown or unlimited. */
function openFileLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
