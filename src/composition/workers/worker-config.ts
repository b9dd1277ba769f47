import { parseAdminPlace } from '../configuration/admin-option-types.ts';
import type { Config } from '../configuration/config.ts';

/** The options that differ from those of the command line. */
export interface WorkerPlace {
  /** From 1. */
  readonly worker: number;
  readonly workers: number;
  readonly port: number;
}

/** The configuration of one worker: with its port, and with an admin listener of its own. */
export function workerConfig(config: Config, { worker, workers, port }: WorkerPlace): Config {
  const admin = config.admin === undefined ? undefined : adminOf(config.admin, worker);
  // In place, because the sources of the options belong to this object.
  return Object.assign(config, { port, workers, admin, transport: transportOf(config) });
}

/** ADM1: the first worker has the place of the option, the second one the next port, or the path with `.2`, and so on. */
export function adminOf(admin: string, worker: number): string {
  const place = parseAdminPlace(admin);
  if (worker === 1 || place === undefined) return admin;
  if ('socket' in place) return `unix:${place.socket}.${worker}`;
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  return `${host}:${place.port === 0 ? 0 : place.port + worker - 1}`;
}

/** uWebSockets.js shares a port only on Linux. */
function transportOf({ transport }: Config): Config['transport'] {
  return transport === 'auto' && process.platform !== 'linux' ? 'node' : transport;
}
