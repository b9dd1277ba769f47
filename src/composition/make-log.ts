import { PinoLog } from '../adapters/logs/pino.ts';
import { SilentLog } from '../adapters/logs/silent.ts';
import type { Log } from '../application/ports/log.ts';
import type { Config, GivenOptions } from './configuration/config.ts';
import { VERSION } from './version.ts';

/** The log of the options `log_level` and `log_format`. */
export function makeLog({ logLevel, logFormat, path }: Config): Log {
  return logLevel === 'silent' ? new SilentLog() : new PinoLog({ level: logLevel, format: logFormat, path, version: VERSION });
}

/** Whether a program gives an option of the log. Without one the library logs nothing. */
export function isLogAsked({ log_level, logLevel, log_format, logFormat }: GivenOptions): boolean {
  return [log_level, logLevel, log_format, logFormat].some((value) => value !== undefined);
}
