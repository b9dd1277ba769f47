import { SystemClock } from '../adapters/clocks/system.ts';
import { PinoLog } from '../adapters/logs/pino.ts';
import type { Config, GivenOptions } from './configuration/config.ts';
import { onReload } from './reload.ts';
import { VERSION } from './version.ts';

/**
 * The log of the options `log_level` and `log_format`. A reload changes its level.
 * @param worker the number of this process, for each line; undefined if the broker is one process.
 */
export function makeLog(config: Config, worker?: number): PinoLog {
  const { logLevel: level, logFormat: format, path } = config;
  const log = new PinoLog({ level, format, path, worker, version: VERSION, clock: new SystemClock() });
  onReload(config, () => log.setLevel(config.logLevel));
  return log;
}

/** Whether a program gives an option of the log. Without one the library logs nothing. */
export function isLogAsked({ log_level, logLevel, log_format, logFormat }: GivenOptions): boolean {
  return [log_level, logLevel, log_format, logFormat].some((value) => value !== undefined);
}
